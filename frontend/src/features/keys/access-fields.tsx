import { keysText } from '../../i18n/keys'
import { ChoiceGroup } from '../../ui/choice-group'
import { organizationScopes, type Place, platformScopes, presets, type Scope } from './model/keys'
import type { Access } from './model/new-key'

const names = keysText.form

type Props = {
  place: Place
  access: Access
  onChange: (access: Access) => void
  error: string | undefined
}

/** What the key may do: of an organization's one of the usual sets, or each permission by itself. */
export function AccessFields({ place, access, onChange, error }: Props) {
  const isPlatform = place === 'platform'
  return (
    <>
      {!isPlatform && (
        <ChoiceGroup
          legend={names.access}
          kind="radio"
          choices={[...presets, 'custom' as const].map((id) => ({ id, ...names[id] }))}
          chosen={['preset' in access ? access.preset : ('custom' as const)]}
          onChange={([id]) =>
            onChange(id === undefined || id === 'custom' ? { scopes: ['events:write'] } : { preset: id })
          }
        />
      )}
      {'scopes' in access && (
        <ChoiceGroup
          legend={isPlatform ? names.access : names.permissions}
          kind="checkbox"
          choices={(isPlatform ? platformScopes : organizationScopes).map((id) => choiceOf(id, isPlatform))}
          chosen={access.scopes}
          onChange={(scopes) => onChange({ scopes })}
          error={error}
        />
      )}
    </>
  )
}

function choiceOf(id: Scope, isPlatform: boolean) {
  const { name, hint } = keysText.scopes[id]
  return { id, name, hint: isPlatform && id === 'events:write' ? keysText.platformWrite : hint }
}
