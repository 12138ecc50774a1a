// Whatever an earlier version left in the browser's storage is read, and what is damaged is as if
// it were not there. A new format has a file of its own in stored/, and the old one keeps its.
import assert from 'node:assert/strict'
import {readdir, readFile} from 'node:fs/promises'
import {test} from 'node:test'
import {runInNewContext} from 'node:vm'
import {claim} from '../../../extension/background/requests.js'
import {measuredThreads} from '../../../extension/background/thread-count-store.js'
import {readSettings} from '../../../extension/platform/settings-store.js'

const FOLDER = new URL('stored/', import.meta.url)
const FIRST_PAINT = new URL('../../../extension/ui/lib/first-paint.js', import.meta.url)
const DEFAULTS = {
  theme: 'system',
  palette: 'standard',
  minScore: null,
  threads: 'auto',
  releaseAfterMinutes: 5,
  menuOnSelection: true,
  menuOnPage: true,
  pageFollowsContent: false,
}

/** @param {Record<string, unknown>} kept */
function area(kept) {
  return {
    get: async (/** @type {string | string[]} */ names) =>
      Object.fromEntries([names].flat().map((name) => [name, kept[name]])),
    set: async () => {},
  }
}

/** @param {{local?: Record<string, unknown>, session?: Record<string, unknown>}} kept */
function store({local = {}, session = {}}) {
  Object.assign(globalThis, {
    fetch: async () => new Response('{}'),
    chrome: {
      runtime: {getManifest: () => ({version: '1.0'})},
      storage: {local: area(local), session: area(session)},
    },
  })
  Object.defineProperty(globalThis, 'navigator', {
    value: {hardwareConcurrency: 8},
    configurable: true,
  })
}

/** @param {string} name */
async function fixture(name) {
  return JSON.parse(await readFile(new URL(name, FOLDER), 'utf8'))
}

/** @type {Record<string, () => Promise<void>>} */
const READ = {
  'settings.json': async () =>
    assert.deepEqual(await readSettings(), {
      theme: 'dark',
      palette: 'colour_blind',
      minScore: 0.6,
      threads: 2,
      releaseAfterMinutes: 30,
      menuOnSelection: true,
      menuOnPage: false,
      pageFollowsContent: true,
    }),
  'measured-threads.json': async () => assert.equal(await measuredThreads(), 4),
  'request.json': async () =>
    assert.equal((await claim('0124', 'a card')).text, 'I feel so happy.'),
  'request-without-claimant.json': async () =>
    assert.equal((await claim('0123', 'a card')).text, 'I feel so happy.'),
}

test('every format in stored/ has its reader here', async () => {
  assert.deepEqual((await readdir(FOLDER)).sort(), Object.keys(READ).sort())
})

for (const [name, read] of Object.entries(READ))
  test(`${name} is read`, async () => {
    store(await fixture(name))
    await read()
  })

for (const damage of [null, 7, 'x', [], {}, {threads: 'x', version: '1.0', cores: 8}])
  test(`storage that holds ${JSON.stringify(damage)} throughout is as good as empty`, async () => {
    const names = Object.keys(DEFAULTS).map((name) => `setting:${name}`)
    const damaged = Object.fromEntries(names.map((name) => [name, structuredClone(damage)]))
    store({local: {...damaged, 'measured-threads': damage}})
    const settings = await readSettings()
    const seven = damage === 7 ? {threads: 7, releaseAfterMinutes: 7} : {} // valid ones
    assert.deepEqual(settings, {...DEFAULTS, ...seven})
    assert.equal(await measuredThreads(), null)
  })

for (const looks of ['{"theme":"dark","palette":"colour_blind"}', 'null', '7', '{', '[]'])
  test(`looks of last time that are ${looks} leave a page that is shown`, async () => {
    const dataset = /** @type {Record<string, string>} */ ({})
    const window = {}
    runInNewContext(await readFile(FIRST_PAINT, 'utf8'), {
      document: {documentElement: {dataset}},
      chrome: {i18n: {getMessage: () => 'en'}},
      localStorage: {getItem: () => looks},
      matchMedia: () => ({matches: false}),
      window: Object.assign(window, {top: window}),
    })
    if (looks.includes('dark')) assert.deepEqual(dataset, {theme: 'dark', palette: 'colour_blind'})
    else assert.ok([undefined, 'light'].includes(dataset.theme))
  })
