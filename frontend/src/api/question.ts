/** Something that only the person can settle. However many calls wait for it, it is asked once and answered for all. */
export class Question {
  readonly #listeners = new Set<() => void>()
  #waiting: { answer: Promise<boolean>; settle: (isYes: boolean) => void } | undefined

  readonly isOpen = (): boolean => this.#waiting !== undefined

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  ask(): Promise<boolean> {
    if (this.#waiting) return this.#waiting.answer
    let settle: (isYes: boolean) => void = () => undefined
    const answer = new Promise<boolean>((resolve) => {
      settle = resolve
    })
    this.#waiting = { answer, settle }
    this.#tell()
    return answer
  }

  /** Does nothing when nobody asks. */
  answer(isYes: boolean): void {
    const waiting = this.#waiting
    if (!waiting) return
    this.#waiting = undefined
    this.#tell()
    waiting.settle(isYes)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
