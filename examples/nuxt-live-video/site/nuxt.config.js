// A build is part of every trial of the hunt, so it does no more than it must: no minifying, no
// polyfills, no split chunks.
export default {
  telemetry: false,
  head: { title: 'The Evening Reel', htmlAttrs: { lang: 'en' } },
  loading: false,
  loadingIndicator: false,
  plugins: ['~/plugins/content.server.js'],
  serverMiddleware: [{ path: '/memory', handler: '~/server/memory.js' }],
  features: {
    store: false,
    middleware: false,
    transitions: false,
    deprecations: false,
    validate: false,
    fetch: false,
    clientOnline: false,
    clientPrefetch: false,
    componentAliases: false,
    componentClientOnly: false
  },
  build: {
    quiet: true,
    cache: true,
    indicator: false,
    html: { minify: false },
    optimization: { minimize: false, splitChunks: { chunks: 'async' } },
    postcss: false,
    transpile: ['vue-router', 'ufo'],
    babel: {
      // The last Chrome whose syntax webpack 4 can read.
      presets: () => [['@babel/preset-env', { targets: { chrome: '70' }, modules: false }]]
    },
    // The server's source maps tell which line of a component allocates what grows.
    extend (config, { isServer }) {
      config.devtool = isServer ? 'source-map' : false
    }
  }
}
