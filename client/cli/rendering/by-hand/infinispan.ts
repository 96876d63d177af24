/** Infinispan's REST API by curl: the paths are those that its gateway asks (docs/runbooks/fence.md, "Coming back by hand"). */
import type { SiteConfig } from '../../../../config';
import type { CacheName } from '../../../../domain/site-pair';
import { quoted } from './shell';

/** How one site's server is asked. */
export class InfinispanByHand {
  constructor(private readonly site: SiteConfig) {}

  /** Of all caches at once. */
  readBackups(): string {
    return this.curl('/container/x-site/backups');
  }

  changeBackup(backupSite: string, action: 'take-offline' | 'bring-online'): string {
    return this.post(`/container/x-site/backups/${encodeURIComponent(backupSite)}?action=${action}`);
  }

  cancelReceive(fromSite: string, caches: readonly CacheName[]): string {
    return this.post(`${ofCaches(caches)}/x-site/backups/${encodeURIComponent(fromSite)}?action=cancel-receive-state`);
  }

  /** The header keeps the clear from being replicated to the other site. */
  clear(caches: readonly CacheName[]): string {
    return this.post(`${ofCaches(caches)}?action=clear`, "--header 'flags: SKIP_XSITE_BACKUP' ");
  }

  readSizes(caches: readonly CacheName[]): string {
    return this.curl(`${ofCaches(caches)}?action=size`);
  }

  readEntries(caches: readonly CacheName[]): string {
    return this.curl(`${ofCaches(caches)}?action=entries&limit=-1`);
  }

  changePush(toSite: string, caches: readonly CacheName[], action: 'start-push-state' | 'cancel-push-state'): string {
    return this.post(`${ofCaches(caches)}/x-site/backups/${encodeURIComponent(toSite)}?action=${action}`);
  }

  clearPushStatus(caches: readonly CacheName[]): string {
    return this.post(`${ofCaches(caches)}/x-site/local/?action=clear-push-state-status`);
  }

  readPushes(caches: readonly CacheName[]): string {
    return this.curl(`${ofCaches(caches)}/x-site/backups/?action=push-state-status`);
  }

  private post(path: string, more = ''): string {
    return this.curl(path, `${more}--request POST `);
  }

  /** With a user name alone, curl asks for the password: neither a command line nor its history holds one. */
  private curl(path: string, more = ''): string {
    const { ca: reference, url: base } = this.site.infinispan;
    const ca = reference === undefined ? '' : `--cacert ${quoted(reference.replace(/^file:/, ''))} `;
    const url = `${base.replace(/\/+$/, '')}/rest/v2${path}`;
    return `curl ${ca}--user "$INFINISPAN_USER" ${more}${quoted(url)}`;
  }
}

/** Several in one line: curl asks once for each name between braces, and for the password once in all. */
function ofCaches(caches: readonly CacheName[]): string {
  const names = caches.map(encodeURIComponent);
  return `/caches/${names.length === 1 ? names[0] : `{${names.join(',')}}`}`;
}
