// Which part of the extension may use which, imports of types included. `make lint` checks it.

/**
 * What each context may import beside itself.
 * @type {Record<string, string[]>}
 */
const MAY_USE = {
  shared: [],
  platform: ['shared'],
  engine: ['shared'],
  host: ['engine', 'platform', 'shared'],
  background: ['host', 'platform', 'shared'],
  ui: ['platform', 'shared'],
  content: ['shared'],
  delivery: ['engine', 'host', 'platform', 'shared'],
  edge: ['engine'],
  site: ['background', 'host', 'platform', 'shared', 'ui'],
}

/** @param {string[]} folders */
const within = (folders) => `^extension/(?:${folders.join('|')})/`

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Move what both need to a module of its own.',
      severity: 'error',
      from: {},
      to: {circular: true},
    },
    ...Object.entries(MAY_USE).map(([context, others]) => ({
      name: `${context}-imports`,
      comment: `${context}/ may use ${others.join('/, ') || 'nothing but itself'}.`,
      severity: 'error',
      from: {path: within([context])},
      to: {path: '^extension/', pathNot: within([context, ...others])},
    })),
    {
      name: 'pages-are-apart',
      comment: 'What two UI pages share belongs to ui/lib/.',
      severity: 'error',
      from: {path: '^extension/ui/([^/]+)/'},
      to: {path: '^extension/ui/', pathNot: '^extension/ui/(?:lib|$1)/'},
    },
    {
      name: 'lib-knows-no-page',
      comment: 'ui/lib/ serves every UI page.',
      severity: 'error',
      from: {path: '^extension/ui/lib/'},
      to: {path: '^extension/ui/(?!lib/)'},
    },
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    // imported from the package that a build makes
    exclude: {path: '(?:^|/)(?:runtime|model)/'},
    tsPreCompilationDeps: true,
    detectJSDocImports: true,
  },
}
