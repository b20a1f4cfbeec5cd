/** An element that was picked: how it is found, on which pages, what it is called, and what it would have counted. */

import { cleanPath } from '../address'
import type { Json } from '../message'
import { make } from './look'
import { Refusal, type Selector, type Server, type VisualEvent } from './server'
import type { Say } from './words'

const TYPING_MS = 400

/** What is written so far; a name gives a key until somebody writes one. */
export function keyOf(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '_')
  return plain.replace(/^[^a-z]+|_+$/g, '').slice(0, 64)
}

/** Shows the form for a picked element in `place`. `done` hears that a draft was saved. */
export class DraftForm {
  private choices = make('fieldset')
  private figures = make('p', { className: 'figure' })
  private problem = make('p', { className: 'bad' })
  private path = field(cleanPath(location.pathname))
  private en = field()
  private zh = field()
  private key = field()
  private saving: HTMLButtonElement
  private chosen = ''
  private asked = 0

  constructor(
    private server: Server,
    private say: Say,
    private chain: Json,
    private text: string,
    private done: () => void,
  ) {
    this.saving = make('button', { type: 'button', className: 'main', textContent: say('save'), disabled: true })
    this.saving.addEventListener('click', () => void this.save())
    this.figures.setAttribute('aria-live', 'polite')
    this.problem.setAttribute('role', 'alert')
    let timer = 0
    this.path.addEventListener('input', () => {
      clearTimeout(timer)
      timer = setTimeout(() => void this.look(), TYPING_MS)
    })
    this.en.addEventListener('input', () => {
      if (!this.key.dataset['own']) this.key.value = keyOf(this.en.value)
    })
    this.key.addEventListener('input', () => (this.key.dataset['own'] = '1'))
    for (const one of [this.en, this.zh, this.key]) one.addEventListener('input', () => this.settle())
  }

  show(place: HTMLElement): void {
    const { say } = this
    const labelled = (text: string, input: HTMLInputElement): Node => make('label', {}, text, input)
    place.replaceChildren(
      ...(this.text ? [make('p', {}, `“${this.text}”`)] : []),
      this.choices,
      labelled(say('path'), this.path),
      this.figures,
      labelled(say('en'), this.en),
      labelled(say('zh'), this.zh),
      labelled(say('key'), this.key),
      this.problem,
      this.saving,
    )
    void this.look()
  }

  /** Ask for selectors and the clicks on each. An answer that comes after a later question is nobody's. */
  private async look(): Promise<void> {
    const asked = ++this.asked
    try {
      const found = await this.server.selectors(this.chain, this.path.value.trim())
      if (asked === this.asked) this.offer(found)
    } catch (error) {
      this.tell(error)
    }
  }

  private offer(found: Selector[]): void {
    const { say } = this
    if (!found.some((one) => one.selector === this.chosen)) this.chosen = found[0]?.selector ?? ''
    this.choices.replaceChildren(make('legend', {}, say(found.length ? 'selector' : 'nothing')))
    for (const one of found) {
      const radio = make('input', { type: 'radio', name: 'selector', checked: one.selector === this.chosen })
      radio.addEventListener('change', () => {
        this.chosen = one.selector
        void this.count()
      })
      const kinds = one.elements > 1 ? ` · ${say('kinds', { n: one.elements })}` : ''
      const clicks = make('span', {}, say('clicks', { n: one.clicks }))
      const why = make('small', { className: 'soft' }, say(one.by) + kinds)
      this.choices.append(make('label', { className: 'choice' }, radio, make('code', {}, one.selector), clicks, why))
    }
    void this.count()
  }

  /** What the chosen selector would have counted. */
  private async count(): Promise<void> {
    this.settle()
    if (!this.chosen) return
    const asked = ++this.asked
    try {
      const told = await this.server.preview({ ...this.document(), key: 'draft', name: { en: 'draft', zh: '草稿' } })
      if (asked !== this.asked) return
      const figures = this.say('figures', { n: told.clicks, people: told.people })
      this.figures.textContent = [figures, ...told.warnings.map((one) => this.say(one))].join(' · ')
    } catch (error) {
      this.tell(error)
    }
  }

  private document(): VisualEvent {
    const path = this.path.value.trim()
    const name = { en: this.en.value.trim(), zh: this.zh.value.trim() }
    return { key: this.key.value.trim(), name, page: path ? { path } : {}, element: this.chosen }
  }

  private settle(): void {
    const { key, name } = this.document()
    this.saving.disabled = !(key && name.en && name.zh && this.chosen)
  }

  private async save(): Promise<void> {
    this.saving.disabled = true
    this.problem.textContent = ''
    try {
      await this.server.save(this.document())
      this.done()
    } catch (error) {
      this.tell(error)
      this.settle()
    }
  }

  private tell(error: unknown): void {
    const { say } = this
    if (!(error instanceof Refusal)) this.problem.textContent = say('unreachable')
    else if (error.status === 401) this.problem.textContent = say('over')
    else if (error.status === 409) this.problem.textContent = say('taken')
    else this.problem.textContent = say('refused', { why: error.message })
  }
}

function field(value = ''): HTMLInputElement {
  return make('input', { type: 'text', value, autocomplete: 'off', spellcheck: false })
}

