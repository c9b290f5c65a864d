import { describe, expect, it, vi } from 'vitest'
import { Gate } from './gate'
import type { Session, SessionStore } from './session'

const ada = { user: { id: 'ada' } } as Session
const bob = { user: { id: 'bob' } } as Session

/** A session whose service wants a fresh proof until it is given. */
function staleSession() {
  const state = { person: ada as Session | undefined, isFresh: false, code: 'reauth_required' }
  const sent: string[] = []
  let tell = () => {}
  const session: Pick<SessionStore, 'authorizedFetch' | 'current' | 'subscribe'> = {
    authorizedFetch: vi.fn(async (request: Request) => {
      sent.push(await request.text())
      return state.isFresh ? Response.json({}) : Response.json({ code: state.code }, { status: 403 })
    }),
    current: () => state.person,
    subscribe: (listener) => {
      tell = listener
      return () => true
    },
  }
  return { gate: new Gate(session), state, sent, tell: () => tell() }
}

const act = (body: string) => new Request('http://annals.test/v1/keys', { method: 'POST', body })
const asked = (gate: Gate) => vi.waitFor(() => expect(gate.proof.isOpen()).toBe(true))

describe('gate', () => {
  it('asks once for calls that wait together, and sends each once more with its body', async () => {
    const { gate, state, sent } = staleSession()
    const answers = Promise.all([gate.fetch(act('one')), gate.fetch(act('two'))])
    await vi.waitFor(() => expect(sent).toHaveLength(2))
    await asked(gate)
    state.isFresh = true
    gate.proof.answer(true)
    expect((await answers).map((answer) => answer.status)).toEqual([200, 200])
    expect(sent.toSorted()).toEqual(['one', 'one', 'two', 'two'])
  })

  it('gives the refusal back when the person does not confirm', async () => {
    const { gate, sent } = staleSession()
    const answer = gate.fetch(act('one'))
    await asked(gate)
    gate.proof.answer(false)
    expect((await answer).status).toBe(403)
    expect(sent).toHaveLength(1)
  })

  it('repeats nothing in the name of somebody else', async () => {
    const { gate, state, sent } = staleSession()
    const answer = gate.fetch(act('one'))
    await asked(gate)
    Object.assign(state, { person: bob, isFresh: true })
    gate.proof.answer(true)
    expect((await answer).status).toBe(403)
    expect(sent).toHaveLength(1)
  })

  it('stops asking when the session is over', async () => {
    const { gate, state, tell } = staleSession()
    const answer = gate.fetch(act('one'))
    await asked(gate)
    state.person = undefined
    tell()
    expect((await answer).status).toBe(403)
    expect(gate.proof.isOpen()).toBe(false)
  })

  it('says of acts, not of reading, that a second factor is wanted', async () => {
    const { gate, state } = staleSession()
    state.code = 'mfa_required'
    await gate.fetch(new Request('http://annals.test/v1/orgs'))
    expect(gate.secondFactor.isOpen()).toBe(false)
    await gate.fetch(act('one'))
    expect(gate.secondFactor.isOpen()).toBe(true)
  })
})
