import { Fragment } from 'react'
import { visibleText } from './visible-text'

/** A dotted name, which goes on in the next line after a dot or an underscore rather than anywhere. */
export function CodeText({ text }: { text: string }) {
  const parts = visibleText(text).split(/(?<=[._])/)
  return (
    <bdi>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts are those of one text, in its order
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </bdi>
  )
}
