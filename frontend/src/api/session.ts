import { codeOf, networkError, problemFrom } from './problem'
import { Question } from './question'
import type { components } from './schema'

export type Session = components['schemas']['SessionView']
export type Membership = Session['organizations'][number]
/** The question for a second factor, without which there is no session. */
export type Challenge = components['schemas']['ChallengeView']

/** What answers with a session and its cookie, or with a challenge. */
export type EntryPath =
  | '/v1/auth/login'
  | '/v1/auth/mfa'
  | '/v1/setup'
  | '/v1/invites/accept'
  | '/v1/claims/accept'

type Message = { kind: 'session'; session: Session } | { kind: 'ended' }

/** What the session needs of the browser. `locks` exists only in a secure context. */
export type SessionDeps = {
  fetch: typeof fetch
  baseUrl: string
  locks?: Pick<LockManager, 'request'> | undefined
  channel?: Pick<BroadcastChannel, 'postMessage' | 'addEventListener'> | undefined
}

const csrf = { 'X-Annals-CSRF': '1' }

/** The access token lives in this object's private field and nowhere else; the refresh token in an HttpOnly cookie. */
export class SessionStore {
  /** "Sign in again": the session has ended under the page, and what is on the page waits for its person. */
  readonly ended = new Question()
  readonly #deps: SessionDeps
  readonly #listeners = new Set<() => void>()
  #session: Session | undefined
  #pending: Promise<Session | undefined> | undefined
  /** Counts the sessions begun and ended; an answer that was asked for in an older one is not taken. */
  #epoch = 0

  constructor(deps: SessionDeps) {
    this.#deps = deps
    deps.channel?.addEventListener('message', (event: MessageEvent<Message>) => {
      this.#epoch += 1
      this.#set(event.data.kind === 'session' ? event.data.session : undefined)
    })
  }

  current(): Session | undefined {
    return this.#session
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whatever is answered with a session: signing in, the first run. Not in yet: the challenge to go on with. */
  async enter(path: EntryPath, body: object): Promise<Challenge | undefined> {
    const headers = { 'Content-Type': 'application/json' }
    const response = await this.#post(path, { headers, body: JSON.stringify(body) })
    const answer: unknown = await json(response)
    if (!response.ok) throw problemFrom(response, answer)
    if (isChallenge(answer)) return answer
    this.#epoch += 1
    this.#adopt(answer as Session)
    return undefined
  }

  /** Another access token of the same session. */
  take(token: components['schemas']['AccessTokenView']): void {
    if (this.#session) this.#adopt({ ...this.#session, ...token })
  }

  /** Gives a session up that has ended. */
  forget(): void {
    this.#epoch += 1
    this.#set(undefined)
  }

  async signOut(): Promise<void> {
    this.#epoch += 1
    // Its answer would set a cookie after this call has cleared it.
    await this.#pending?.catch(() => undefined)
    const response = await this.#post('/v1/auth/logout', { headers: csrf })
    if (!response.ok && response.status !== 401) throw problemFrom(response, await json(response))
    this.#epoch += 1
    this.#set(undefined)
    this.#share({ kind: 'ended' })
  }

  /** Asks for a new access token, once per browser however many ask. Undefined: the session has ended. */
  refresh(staleToken?: string): Promise<Session | undefined> {
    if (this.ended.isOpen()) return Promise.resolve(undefined)
    if (this.#isFresh(staleToken)) return Promise.resolve(this.#session)
    this.#pending ??= this.#refreshAlone(staleToken).finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  /** The call with the token of the moment; where that is none any more, once more with the next, of the same person. */
  readonly authorizedFetch = async (request: Request): Promise<Response> => {
    const before = this.#session
    const response = await this.#deps.fetch(withToken(request.clone(), before?.access_token))
    if (!(await isSignInNeeded(response))) return response
    const next = (await this.refresh(before?.access_token)) ?? (await this.#comeBack())
    if (!next || (before && before.user.id !== next.user.id)) return response
    return this.#deps.fetch(withToken(request, next.access_token))
  }

  async #comeBack(): Promise<Session | undefined> {
    return this.#session && (await this.ended.ask()) ? this.#session : undefined
  }

  #isFresh(staleToken: string | undefined): boolean {
    return this.#session !== undefined && this.#session.access_token !== staleToken
  }

  async #refreshAlone(staleToken: string | undefined): Promise<Session | undefined> {
    const run = () => this.#refreshNow(staleToken)
    return this.#deps.locks ? await this.#deps.locks.request('annals-refresh', run) : await run()
  }

  async #refreshNow(staleToken: string | undefined): Promise<Session | undefined> {
    // Another tab may have done it while this one waited for the lock.
    if (this.#isFresh(staleToken)) return this.#session
    const epoch = this.#epoch
    const response = await this.#post('/v1/auth/refresh', { headers: csrf })
    if (epoch !== this.#epoch) return this.#session
    if (response.ok) return this.#adopt(await response.json())
    if (response.status !== 401) throw problemFrom(response, await json(response))
    if (this.#session) void this.ended.ask()
    return undefined
  }

  #adopt(next: Session): Session {
    this.#set(next)
    this.#share({ kind: 'session', session: next })
    return next
  }

  #set(next: Session | undefined): void {
    this.#session = next
    this.ended.answer(next !== undefined)
    for (const listener of this.#listeners) listener()
  }

  #share(message: Message): void {
    this.#deps.channel?.postMessage(message)
  }

  async #post(path: string, init: RequestInit): Promise<Response> {
    const { fetch, baseUrl } = this.#deps
    try {
      return await fetch(baseUrl + path, { method: 'POST', credentials: 'same-origin', ...init })
    } catch {
      throw networkError()
    }
  }
}

function withToken(request: Request, token: string | undefined): Request {
  if (token) request.headers.set('Authorization', `Bearer ${token}`)
  return request
}

function isChallenge(answer: unknown): answer is Challenge {
  return typeof answer === 'object' && answer !== null && 'mfa_token' in answer
}

/** A password or a code that was wrong is answered 401 too, and a new token would not make it right. */
async function isSignInNeeded(response: Response): Promise<boolean> {
  return response.status === 401 && (await codeOf(response)) !== 'invalid_credentials'
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}
