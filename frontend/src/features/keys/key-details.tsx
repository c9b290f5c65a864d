import { keysText } from '../../i18n/keys'
import { formatDate } from '../../i18n/time'
import { Button } from '../../ui/button'
import { FieldList } from '../../ui/field-list'
import form from '../../ui/form.module.css'
import chips from '../../ui/settings-page.module.css'
import { Tag } from '../../ui/tag'
import { Text } from '../../ui/text'
import { KeySecrets } from './key-secrets'
import { KeyState } from './key-state'
import styles from './keys.module.css'
import { type ApiKey, isUnused } from './model/keys'

const names = keysText
const labels = names.detail

type Props = {
  apiKey: ApiKey
  canChange: boolean
  onStep: (step: 'edit' | 'rotate' | 'revoke') => void
}

export function KeyDetails({ apiKey, canChange, onStep }: Props) {
  return (
    <>
      <FieldList fields={factsOf(apiKey)} />
      {apiKey.secrets.length > 0 && <KeySecrets secrets={apiKey.secrets} />}
      {canChange && (
        <div className={form.foot}>
          <span className={styles.start}>
            <Button variant="danger" onPress={() => onStep('revoke')}>
              {labels.revoke}
            </Button>
          </span>
          <Button onPress={() => onStep('edit')}>{labels.edit}</Button>
          {apiKey.state !== 'expired' && <Button onPress={() => onStep('rotate')}>{labels.rotate}</Button>}
        </div>
      )}
    </>
  )
}

function factsOf(key: ApiKey) {
  const by = key.created_by?.name ?? key.created_by?.id ?? names.unknown
  const networks = key.networks.length > 0 ? key.networks.join(', ') : labels.everywhere
  const state = <KeyState state={key.state} isUnused={isUnused(key, Date.now())} />
  const scopes = (
    <span className={chips.chips}>
      {key.scopes.map((scope) => (
        <Tag key={scope} text={names.scopes[scope].name} />
      ))}
    </span>
  )
  return [
    { label: names.columns.state, value: state },
    { label: names.columns.access, value: scopes },
    ...(key.description ? [{ label: labels.description, value: <Text text={key.description} /> }] : []),
    { label: labels.source, value: <Text text={key.source} /> },
    { label: labels.networks, value: networks },
    {
      label: labels.rate,
      value: key.rate_limit ? labels.perSecond(key.rate_limit.events_per_second) : labels.noLimit,
    },
    { label: names.columns.expires, value: key.expires_at ? formatDate(key.expires_at) : names.never },
    { label: labels.created, value: <Text text={labels.createdBy(formatDate(key.created_at), by)} /> },
    ...(key.revoked_at ? [{ label: labels.revoked, value: formatDate(key.revoked_at) }] : []),
  ]
}
