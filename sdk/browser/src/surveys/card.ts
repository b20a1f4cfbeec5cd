/** What the visitor sees: a small card that takes no focus, covers little, and closes with Escape. */

import type { Survey } from './survey'

const LONGEST_ANSWER = 1_000
const STYLE = `
:host { all: initial; position: fixed; inset: auto 16px 16px auto; z-index: 2147483000; }
section { font: 15px/1.5 system-ui, sans-serif; color: #1f2328; background: #fff; width: min(320px, calc(100vw - 32px));
  box-sizing: border-box; padding: 16px; border: 1px solid #d0d7de; border-radius: 12px; box-shadow: 0 8px 24px #0003; }
p { margin: 0 32px 12px 0; font-weight: 600; }
button { font: inherit; color: inherit; background: #f6f8fa; border: 1px solid #8c959f; border-radius: 8px; padding: 6px 12px;
  margin: 0 8px 8px 0; min-height: 36px; cursor: pointer; }
button:focus-visible, textarea:focus-visible { outline: 2px solid #0969da; outline-offset: 2px; }
.close { position: absolute; top: 10px; right: 2px; border: 0; background: none; }
textarea { font: inherit; color: inherit; background: inherit; width: 100%; box-sizing: border-box; margin-bottom: 8px;
  border: 1px solid #8c959f; border-radius: 8px; padding: 6px; }
@media (prefers-color-scheme: dark) {
  section { color: #e6edf3; background: #161b22; border-color: #3d444d; }
  button { background: #21262d; }
}`

/** Show it; `done` hears the answer, or undefined when there is none. */
export function openCard(survey: Survey, done: (answer: string | undefined) => void): void {
  const host = document.createElement('div')
  // Its own clicks are no clicks on the page.
  host.dataset['private'] = ''
  const root = host.attachShadow({ mode: 'open' })
  const style = new CSSStyleSheet() // a style element would be against a strict content security policy
  style.replaceSync(STYLE)
  root.adoptedStyleSheets = [style]

  const finish = (answer?: string): void => {
    host.remove()
    removeEventListener('keydown', onKey)
    done(answer)
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') finish()
  }
  const card = document.createElement('section')
  card.setAttribute('role', 'dialog')
  card.setAttribute('aria-label', survey.question)
  const question = document.createElement('p')
  question.textContent = survey.question
  const close = button('×', () => finish())
  close.className = 'close'
  close.setAttribute('aria-label', survey.close || 'Close')
  card.append(question, close, ...answers(survey, finish))
  root.append(card)
  addEventListener('keydown', onKey)
  document.body.append(host)
}

/** Buttons to choose from, or a field and its button. */
function answers({ choices, question, send }: Survey, finish: (answer: string) => void): HTMLElement[] {
  if (choices) return choices.map((choice) => button(choice, () => finish(choice)))
  const field = document.createElement('textarea')
  field.rows = 3
  field.maxLength = LONGEST_ANSWER
  field.setAttribute('aria-label', question)
  return [field, button(send || 'Send', () => field.value.trim() && finish(field.value.trim()))]
}

function button(label: string, act: () => unknown): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = label
  made.addEventListener('click', act)
  return made
}
