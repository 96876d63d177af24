/** As fence agents and other programs name what nobody may read; the path of a script that prints it is no secret. */
export const secretName = /(^|_)(passw(or)?d|passphrase|secret|secret_?key|token|api_?key)$/i;
