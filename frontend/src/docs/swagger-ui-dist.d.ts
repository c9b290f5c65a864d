declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  type Options = {
    url: string
    domNode: Element
    deepLinking: boolean
    docExpansion: 'list' | 'full' | 'none'
    defaultModelsExpandDepth: number
    supportedSubmitMethods: string[]
    validatorUrl: null
    syntaxHighlight: { activated: boolean }
    plugins: { components: { DeepLink: (props: { text: unknown }) => unknown } }[]
    onComplete: () => void
  }
  const SwaggerUIBundle: (options: Options) => unknown

  export { SwaggerUIBundle as default }
}
