/** The panel in the corner, and what happens in it from the first pointing to the saved draft. */

import { describe } from '../automatic/elements'
import { DraftForm } from './form'
import { dress, make } from './look'
import { pointing } from './pointing'
import type { Server } from './server'
import type { Say, Word } from './words'

export class Panel {
  private host = make('div')
  private root = this.host.attachShadow({ mode: 'open' })
  private panel = make('section', { className: 'panel' })
  private inside = make('div')
  private state = make('p', { className: 'soft' })
  private pick = make('button', { type: 'button' })
  private points = pointing(this.root, (element) => this.picked(element), () => this.rest())
  private server: Server | undefined
  private isPointing = false

  constructor(private say: Say) {
    // Its own clicks are no clicks on the page.
    this.host.dataset['private'] = ''
    dress(this.root)
    this.state.setAttribute('aria-live', 'polite')
    this.pick.addEventListener('click', () => (this.isPointing ? this.rest() : this.point()))
    // The page's own shortcuts are not meant by what is typed here.
    for (const name of ['keydown', 'keyup', 'keypress'] as const)
      this.panel.addEventListener(name, (event) => event.stopPropagation())
    this.root.append(this.panel)
    document.documentElement.append(this.host)
    this.speak('opening')
  }

  /** The session is there. */
  ready(server: Server, say: Say): void {
    this.server = server
    this.say = say
    this.point()
  }

  /** It is not: the code was used, is over, or the server cannot be reached. */
  failed(word: Word): void {
    this.speak(word)
  }

  private point(): void {
    this.isPointing = true
    this.inside.replaceChildren()
    this.speak('point')
    this.points.begin()
  }

  private rest(): void {
    this.isPointing = false
    this.points.stop()
    this.speak('resting')
  }

  private picked(element: Element): void {
    this.isPointing = false
    const told = describe(element, [])
    const chain = told?.['$elements']
    if (!this.server || !chain) return this.speak('hidden')
    this.speak()
    const text = String(told['$el_text'] ?? '')
    const form = new DraftForm(this.server, this.say, chain, text.slice(0, 80), () => {
      this.inside.replaceChildren()
      this.speak('saved')
    })
    form.show(this.inside)
  }

  /** Say where we are, under the two buttons that are always there. */
  private speak(word?: Word): void {
    const { say } = this
    this.panel.setAttribute('role', 'dialog')
    this.panel.setAttribute('aria-label', say('title'))
    this.state.textContent = word ? say(word) : ''
    this.pick.textContent = say(this.isPointing ? 'rest' : 'pick')
    const side = this.sign('⇆', 'side', () => this.panel.classList.toggle('left'))
    const close = this.sign('×', 'close', () => this.close())
    const head = make('header', {}, make('b', {}, say('title')), side, close)
    const tools = this.server ? [make('p', {}, this.pick)] : []
    this.panel.replaceChildren(head, this.state, ...tools, this.inside)
  }

  private sign(text: string, word: Word, act: () => unknown): HTMLButtonElement {
    const made = make('button', { type: 'button', textContent: text, title: this.say(word) })
    made.setAttribute('aria-label', this.say(word))
    made.addEventListener('click', act)
    return made
  }

  private close(): void {
    this.points.stop()
    this.host.remove()
    void this.server?.end().catch(() => undefined)
  }
}
