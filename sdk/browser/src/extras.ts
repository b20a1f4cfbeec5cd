/** Scripts beside the core: fetched by the pages that need them, and by no others. */

// Read while this file is run: later nobody knows any more which tag it came from.
const nonce = (document.currentScript as HTMLScriptElement | null)?.nonce

/** Fetch `/sdk/<name>.js`; with `code`, hand it that, out of the page's globals. */
export function fetchExtra(host: string, name: string, code?: string): void {
  const script = document.createElement('script')
  script.async = true
  script.src = `${host}/sdk/${name}.js`
  if (nonce) script.nonce = nonce
  if (code) script.dataset['code'] = code
  document.head.append(script)
}
