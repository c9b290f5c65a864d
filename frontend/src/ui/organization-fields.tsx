import { useState } from 'react'
import { organizationsText } from '../i18n/organizations'
import { Field } from './field'
import { slugOf } from './slug'

type Props = { nameError: string | undefined; slugError: string | undefined; hasFocus?: boolean }

/** Name and slug of a new organization; the slug follows the name until somebody types one. */
export function OrganizationFields({ nameError, slugError, hasFocus = false }: Props) {
  const [name, setName] = useState('')
  const [slug, setSlug] = useState<string>()
  const names = organizationsText.fields
  return (
    <>
      <Field
        name="organization"
        label={names.name}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={nameError}
        autoFocus={hasFocus}
        autoComplete="organization"
        maxLength={256}
        required
      />
      <Field
        name="slug"
        label={names.slug}
        hint={names.slugHint}
        value={slug ?? slugOf(name)}
        onChange={(event) => setSlug(event.target.value)}
        error={slugError}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={63}
        required
      />
    </>
  )
}
