/** Where the login form of a page is sent to; `undefined` when the page has none. */
export function formAction(html: string): string | undefined {
  const form = /<form\b[^>]*\bid="kc-form-login"[^>]*>/i.exec(html)?.[0];
  const action = form && /\baction="([^"]*)"/i.exec(form)?.[1];
  return action === undefined ? undefined : decoded(action);
}

/** What a page of Keycloak tells its reader is wrong, as text; `undefined` when it tells nothing. */
export function messageOf(html: string): string | undefined {
  const marked =
    /<(\w+)\b[^>]*(?:id="input-error[^"]*"|class="instruction"|id="kc-error-message")[^>]*>([\s\S]*?)<\/\1>/i;
  const text = decoded((marked.exec(html)?.[2] ?? '').replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? undefined : text;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x2F': '/' };

function decoded(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#x2F);/gi, (whole, name: string) => entities[name] ?? whole);
}
