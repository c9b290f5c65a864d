import { keysText } from '../../i18n/keys'
import { Field } from '../../ui/field'
import form from '../../ui/form.module.css'
import { TextArea } from '../../ui/text-area'
import type { Submit } from '../../ui/use-submit'
import styles from './keys.module.css'
import { networksOf } from './model/keys'

const names = keysText.form

type Props = {
  submit: Submit
  networks: string
  onNetworks: (text: string) => void
  rate?: number | undefined
  /** A source is chosen once. */
  hasSource?: boolean
}

/** What narrows a key down further; folded away, for most keys need none of it. */
export function LimitFields({ submit, networks, onNetworks, rate, hasSource = false }: Props) {
  const { errorAt } = submit
  const wrong = networkErrors(submit, networks)
  const rateError = errorAt('/rate_limit') ?? errorAt('/rate_limit/events_per_second')
  const isNeeded = [wrong, rateError, errorAt('/source')].some(Boolean) || !hasSource
  return (
    <details className={styles.more} open={isNeeded || undefined}>
      <summary>{names.more}</summary>
      <div className={form.form}>
        <TextArea
          name="networks"
          label={names.networks}
          hint={names.networksHint}
          error={wrong}
          value={networks}
          onChange={(event) => onNetworks(event.target.value)}
          rows={2}
          isMono
          autoComplete="off"
          spellCheck={false}
        />
        {hasSource && (
          <Field
            name="source"
            label={names.source}
            hint={names.sourceHint}
            error={errorAt('/source')}
            autoComplete="off"
            spellCheck={false}
            maxLength={256}
          />
        )}
        <Field
          name="events_per_second"
          label={names.rate}
          hint={names.rateHint}
          error={rateError && names.rateWrong}
          defaultValue={rate}
          inputMode="numeric"
          autoComplete="off"
        />
      </div>
    </details>
  )
}

/** What is wrong with the networks, each by the line that was typed. */
function networkErrors({ problem }: Submit, text: string): string | undefined {
  const lines = networksOf(text)
  const found = [...(problem?.fields ?? [])].flatMap(([pointer, message]) => {
    const line = /^\/networks(?:\/(\d+))?$/.exec(pointer)
    if (!line) return []
    return [line[1] === undefined ? message : names.networkWrong(lines[Number(line[1])] ?? '', message)]
  })
  return found.length > 0 ? found.join(' ') : undefined
}
