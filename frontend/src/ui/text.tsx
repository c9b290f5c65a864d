import { visibleText } from './visible-text'

type Props = {
  text: string
  /** An e-mail address may go on in the next line before its @. */
  canBreakAtSign?: boolean
}

/** Text that somebody else wrote: it cannot turn the text around it, and hides nothing. */
export function Text({ text, canBreakAtSign = false }: Props) {
  const shown = visibleText(text)
  const at = canBreakAtSign ? shown.lastIndexOf('@') : -1
  if (at < 1) return <bdi>{shown}</bdi>
  return (
    <bdi>
      {shown.slice(0, at)}
      <wbr />
      {shown.slice(at)}
    </bdi>
  )
}
