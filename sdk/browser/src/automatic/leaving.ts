/** When a page goes. On phones nothing may follow its being hidden, so that counts as well. */

export function onLeave(act: (isGoing: boolean) => void): void {
  addEventListener('pagehide', () => act(true))
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && act(false))
}
