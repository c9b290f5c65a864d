import { codeOf } from './problem'
import { Question } from './question'
import type { SessionStore } from './session'

type Person = Pick<SessionStore, 'authorizedFetch' | 'current' | 'subscribe'>

/** Stands before the calls: where the service wants more than a session, the person is asked for it. */
export class Gate {
  /** "Confirm that it is you": the session is good, but the proof behind it is old. */
  readonly proof = new Question()
  /** "Set up a second factor first": nothing that the page could settle by itself. */
  readonly secondFactor = new Question()
  readonly #session: Person

  constructor(session: Person) {
    this.#session = session
    session.subscribe(() => {
      if (!session.current()) this.#close()
    })
  }

  /** The call; answered `reauth_required` it waits for the proof and is made once more. */
  readonly fetch = async (request: Request): Promise<Response> => {
    const person = this.#session.current()?.user.id
    const again = request.clone()
    const response = await this.#session.authorizedFetch(request)
    if (response.status !== 403) return response
    const code = await codeOf(response)
    // What a page only wanted to read is said in its place; an act has none.
    if (code === 'mfa_required' && request.method !== 'GET') void this.secondFactor.ask()
    if (code !== 'reauth_required' || !(await this.proof.ask())) return response
    // The proof may have come with somebody else's sign-in.
    return this.#session.current()?.user.id === person ? this.#session.authorizedFetch(again) : response
  }

  #close(): void {
    this.proof.answer(false)
    this.secondFactor.answer(false)
  }
}
