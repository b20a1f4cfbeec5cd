/**
 * Pointing at an element. A shield lies over the page meanwhile: what is picked is not clicked, so that no handler of
 * the page runs and no click is recorded.
 */

export interface Pointing {
  begin(): void
  stop(): void
}

export function pointing(root: ShadowRoot, picked: (element: Element) => void, stopped: () => void): Pointing {
  const shield = document.createElement('div')
  shield.className = 'shield'
  const frame = document.createElement('div')
  frame.className = 'frame'

  const stop = (): void => {
    shield.remove()
    frame.remove()
    removeEventListener('keydown', onKey, true)
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    stop()
    stopped()
  }
  shield.addEventListener('pointermove', ({ clientX, clientY }) => {
    const element = elementAt(clientX, clientY, root.host)
    if (element) surround(frame, element)
  })
  shield.addEventListener('click', ({ clientX, clientY }) => {
    const element = elementAt(clientX, clientY, root.host)
    if (!element) return
    stop()
    picked(element)
  })
  return {
    begin() {
      root.prepend(frame, shield)
      addEventListener('keydown', onKey, true)
    },
    stop,
  }
}

/** What lies there on the page, also inside open shadow trees; nothing of ours. */
function elementAt(x: number, y: number, ours: Element): Element | undefined {
  let found: Element | undefined
  let root: DocumentOrShadowRoot | null = document
  while (root) {
    const next: Element | undefined = root.elementsFromPoint(x, y).find((each) => each !== ours)
    if (!next || next === found) break
    found = next
    root = next.shadowRoot
  }
  return found
}

function surround(frame: HTMLElement, element: Element): void {
  const { left, top, width, height } = element.getBoundingClientRect()
  const places = { left, top, width, height }
  for (const [name, pixels] of Object.entries(places)) frame.style.setProperty(name, `${pixels}px`)
}
