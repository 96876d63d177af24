/** What was asked, or `late` when it has not settled within `withinMs`. What comes after that is not waited for. */
export async function inTime<T, Late>(asked: Promise<T>, withinMs: number, late: Late): Promise<T | Late> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Late>((resolve) => (timer = setTimeout(() => resolve(late), withinMs)));
  return Promise.race([asked, tooLate]).finally(() => clearTimeout(timer));
}
