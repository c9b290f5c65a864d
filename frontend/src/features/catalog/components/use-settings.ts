import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { organizationQuery } from '../../../api/organization'
import { ApiError } from '../../../api/problem'
import { catalogText } from '../../../i18n/catalog'
import { type Draft, draftOf, isSame } from '../model/settings'
import type { Organization } from '../model/types'
import { catalogQuery, saveOrganization } from '../queries'

/** What somebody has changed and not saved yet, and the version that he changed. */
type Edit = { draft: Draft; version: number }

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'version_conflict'
}

/** The settings as they would be saved. Somebody else's change in between is never overwritten, but shown. */
export function useSettings(org: string, organization: Organization) {
  const client = useQueryClient()
  const [edit, setEdit] = useState<Edit>()
  const saved = draftOf(organization)
  const draft = edit?.draft ?? saved

  const save = useMutation({
    mutationFn: ({ draft: next, version }: Edit) =>
      saveOrganization(org, { packs: [...next.packs], unknown_actions: next.unknownActions, version }),
    onSuccess: (answer) => {
      setEdit(undefined)
      client.setQueryData(organizationQuery(org).queryKey, answer)
      void client.invalidateQueries(catalogQuery(org))
    },
    onError: async (error) => {
      if (!isConflict(error)) return
      setEdit(undefined)
      await client.refetchQueries(organizationQuery(org))
      void client.invalidateQueries(catalogQuery(org))
    },
  })

  function change(next: Partial<Draft>): void {
    save.reset()
    const changed = { ...draft, ...next }
    const version = edit?.version ?? organization.version
    setEdit(isSame(changed, saved) ? undefined : { draft: changed, version })
  }

  return {
    draft,
    isChanged: edit !== undefined,
    isSaving: save.isPending,
    isSaved: save.isSuccess,
    isConflict: isConflict(save.error),
    error: save.error && !isConflict(save.error) ? save.error : null,
    spoken: save.isSuccess ? catalogText.settings.saved : undefined,
    change,
    save: () => edit && save.mutate(edit),
    reset: () => setEdit(undefined),
  }
}

export type Settings = ReturnType<typeof useSettings>
