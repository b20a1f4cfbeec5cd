/** The nonce of this answer, which style sheets made while the page runs must carry under our policy. */

export const NONCE = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

/**
 * Ant Design hands its nonce to most of its parts, but not to those that measure and lock scrolling: their sheets
 * would be refused. So every sheet that a script of ours makes gets it; what is no script of ours cannot run here.
 */
export function giveNonceToStyles(): void {
  const make = document.createElement.bind(document);
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const made = make(name, options);
    if (made instanceof HTMLStyleElement) made.nonce = NONCE;
    return made;
  }) as typeof document.createElement;
}
