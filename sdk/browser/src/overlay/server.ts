/** What the overlay asks of the server: by a session of its own, kept in this page's memory, without any cookie. */

import type { Json } from '../message'

export type Language = 'en' | 'zh'

export interface Selector {
  selector: string
  by: 'data' | 'id' | 'label' | 'class' | 'place'
  /** Stored clicks of the last days that it finds. */
  clicks: number
  /** On how many different elements or texts these are. */
  elements: number
}

export interface Preview {
  clicks: number
  people: number
  warnings: ('no_clicks' | 'many_texts')[]
}

export interface VisualEvent {
  key: string
  name: { en: string; zh: string }
  page: { path?: string }
  element: string
}

interface Opened {
  session: string
  host: string
  language: Language
}

/** The server said no; `code` says why. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

export class Server {
  private constructor(
    private place: string,
    private opened: Opened,
  ) {}

  /** Exchange the code, which is good once. */
  static async open(host: string, code: string): Promise<Server> {
    const place = `${host}/overlay/v1/`
    return new Server(place, (await post(`${place}session`, { code })) as Opened)
  }

  get language(): Language {
    return this.opened.language
  }

  /** Selectors for an element, the surest first, and the clicks on each. */
  async selectors(chain: Json, path: string): Promise<Selector[]> {
    const told = await this.ask('suggestions', { chain, ...(path && { path }) })
    return (told as { elements: { selectors: Selector[] }[] }).elements[0]?.selectors ?? []
  }

  async preview(definition: VisualEvent): Promise<Preview> {
    return (await this.ask('preview', { definition })) as Preview
  }

  async save(document: VisualEvent): Promise<void> {
    await this.ask('drafts', { document })
  }

  async end(): Promise<void> {
    await this.ask('end', {})
  }

  private ask(name: string, body: unknown): Promise<unknown> {
    return post(this.place + name, body, this.opened.session)
  }
}

async function post(address: string, body: unknown, session?: string): Promise<unknown> {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (session) headers['authorization'] = `Bearer ${session}`
  const asked = { method: 'POST', headers, body: JSON.stringify(body) }
  const answer = await fetch(address, { ...asked, credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' })
  const text = await answer.text()
  const told = (text ? JSON.parse(text) : {}) as { code?: string; message?: string }
  if (!answer.ok) throw new Refusal(answer.status, told.code || 'error', told.message || '')
  return told
}
