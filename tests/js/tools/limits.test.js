// The limits of `make lint`, each seen to fail; and that no file is let off without need.
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import config, {TOO_LONG} from '../../../tools/eslint.config.js'

const ESLINT = new URL('../../../tools/node_modules/eslint/lib/api.js', import.meta.url)
const {ESLint} = /** @type {typeof import('eslint')} */ (await import(ESLINT.href))
const cwd = fileURLToPath(new URL('../../..', import.meta.url))
const CRUISER = join(cwd, 'tools/node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
const BOUNDARIES = join(cwd, 'tools/dependency-cruiser.config.js')
const lines = (/** @type {number} */ count) => 'void 0\n'.repeat(count)

/** @param {object[]} rules */
function linter(rules) {
  const overrideConfig = /** @type {import('eslint').Linter.Config[]} */ (rules)
  return new ESLint({cwd, overrideConfigFile: true, overrideConfig})
}

/**
 * @param {string} filePath @param {string} code @param {object[]} [rules]
 * @returns {Promise<(string | null)[]>} The rules that the code breaks.
 */
async function broken(filePath, code, rules = config) {
  const [result] = await linter(rules).lintText(code, {filePath})
  return result?.messages.map(({ruleId}) => ruleId) ?? []
}

for (const [what, file, code, rule] of [
  ['the browser in engine/', 'engine/new.js', 'chrome.runtime.id\n', 'no-restricted-globals'],
  ['the page in shared/', 'shared/new.js', 'document.title\n', 'no-restricted-globals'],
  [
    'a function of 81 lines',
    'ui/new.js',
    `void (() => {\n${lines(79)}})\n`,
    'max-lines-per-function',
  ],
  ['a file of 301 lines', 'ui/new.js', lines(301), 'max-lines'],
  ['a line of 101 columns', 'ui/new.js', `void 0 // ${'x'.repeat(91)}\n`, 'max-len'],
]) {
  test(`the check of style finds ${what}`, async () => {
    assert.ok((await broken(`extension/${file}`, code ?? '')).includes(rule ?? ''))
  })
}

test('one line less than the limits is fine', async () => {
  assert.deepEqual(
    (await broken('extension/ui/new.js', `void (() => {\n${lines(78)}})\n${lines(219)}`)).filter(
      (rule) => rule?.startsWith('max-'),
    ),
    [],
  )
})

test('a file on the list of those that are too long still is', async () => {
  const without = config.filter((part) => !('files' in part) || part.files !== TOO_LONG)
  const results = await linter(without).lintFiles(TOO_LONG)
  const short = results.filter(
    ({messages}) => !messages.some(({ruleId}) => ruleId?.startsWith('max-lines')),
  )
  assert.deepEqual(
    short.map(({filePath}) => filePath),
    [],
  )
})

for (const [what, rule, files] of /** @type {[string, string, Record<string, string>][]} */ ([
  [
    'the host in engine/',
    'engine-imports',
    {'engine/a.js': "import '../host/b.js'", 'host/b.js': ''},
  ],
  ['a page in another', 'pages-are-apart', {'ui/a/a.js': "import '../b/b.js'", 'ui/b/b.js': ''}],
  [
    'a page in ui/lib/',
    'lib-knows-no-page',
    {'ui/lib/a.js': "import '../b/b.js'", 'ui/b/b.js': ''},
  ],
  [
    'a circle of types',
    'no-circle',
    {
      'host/a.js': "import {b} from './b.js'\n/** @typedef {number} A */\nexport const a = b",
      'host/b.js': "/** @type {import('./a.js').A} */\nexport const b = 1",
    },
  ],
])) {
  test(`the check of boundaries finds ${what}`, (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'boundaries-'))
    context.after(() => rmSync(folder, {recursive: true}))
    for (const [name, code] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'extension', name)), {recursive: true})
      writeFileSync(join(folder, 'extension', name), `${code}\n`)
    }
    const {status, stdout} = spawnSync(
      process.execPath,
      [CRUISER, '--config', BOUNDARIES, '--output-type', 'err', 'extension'],
      {cwd: folder, encoding: 'utf8'},
    )
    assert.ok(stdout.includes(`error ${rule}`), stdout)
    assert.notEqual(status, 0)
  })
}
