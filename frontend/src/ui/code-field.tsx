import { type FormEvent, useEffect, useRef } from 'react'
import styles from './code-field.module.css'
import { Field } from './field'

const digits = 6

type Props = { name: string; label: string; hint?: string; error?: string | undefined }

/** The six digits of an authenticator app. Sends its form once they are there, typed or pasted. */
export function CodeField({ name, label, hint, error }: Props) {
  const field = useRef<HTMLInputElement>(null)

  // Later than the title of a page, which takes the focus when it changes.
  useEffect(() => field.current?.focus(), [])

  // A wrong code is of no use any more.
  useEffect(() => {
    if (error && field.current) field.current.value = ''
  }, [error])

  function onInput(event: FormEvent<HTMLInputElement>): void {
    const input = event.currentTarget
    input.value = input.value.replace(/\D/g, '').slice(0, digits)
    if (input.value.length === digits) input.form?.requestSubmit()
  }

  return (
    <div className={styles.code}>
      <Field
        ref={field}
        name={name}
        label={label}
        hint={hint}
        error={error}
        onInput={onInput}
        inputMode="numeric"
        autoComplete="one-time-code"
        spellCheck={false}
      />
    </div>
  )
}
