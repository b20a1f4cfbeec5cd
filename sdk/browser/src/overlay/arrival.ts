/** The only part of the overlay in the core: a code in the address is taken out of it, and the overlay fetched. */

import { fetchExtra } from '../extras'

/** Before anything of ours looks at the address. A code stands in the fragment, which no server ever sees. */
export function openForCode(host: string): void {
  const [part, code] = /[#&]zuji_overlay=(zo_[\w-]+)/.exec(location.hash) || []
  if (!part) return
  history.replaceState(history.state, '', location.href.replace(part, ''))
  fetchExtra(host, 'overlay', code)
}
