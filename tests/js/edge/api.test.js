// The inference API of a worker at the edge: what is answered, and what is refused.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {respond} from '../../../extension/edge/api.js'

const LABELS = [{id: 'joy'}, {id: 'fear'}]
const ABOUT = {name: 'tiny', version: '1.0.0', labels: ['joy', 'fear']}

/** @param {Partial<import('../../../extension/engine/model-store.js').ModelSpec>} [fields] */
function parts(fields) {
  /** @type {string[]} */ const texts = []
  const spec = /** @type {import('../../../extension/engine/model-store.js').ModelSpec} */ ({
    labels: LABELS,
    activation: 'softmax',
    ...fields,
  })
  const classify = async (/** @type {string} */ text) => {
    texts.push(text)
    return fields?.scale ? [0.5] : [0.25, 0.5]
  }
  return {texts, about: ABOUT, classifier: async () => ({spec, classify})}
}

/** @param {unknown} body @param {Record<string, string>} [headers] */
const post = (body, headers = {}) =>
  new Request('http://edge.test/', {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

test('a text is answered by one list of labels with scores, best first', async () => {
  const answer = await respond(post({inputs: 'a text'}), parts())
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('Access-Control-Allow-Origin'), '*')
  assert.equal(answer.headers.get('Cache-Control'), 'no-store')
  assert.deepEqual(await answer.json(), [
    [
      {label: 'fear', score: 0.5},
      {label: 'joy', score: 0.25},
    ],
  ])
})

test('several texts are answered in their order, and top_k cuts each list', async () => {
  const given = parts()
  const answer = await respond(post({inputs: ['a', 'b'], parameters: {top_k: 1}}), given)
  assert.deepEqual(given.texts, ['a', 'b'])
  assert.deepEqual(await answer.json(), [
    [{label: 'fear', score: 0.5}],
    [{label: 'fear', score: 0.5}],
  ])
})

test('“none of them” is a label of its own, and takes what is left', async () => {
  const answer = await respond(post({inputs: 'a'}), parts({activation: 'softmax_with_none'}))
  assert.deepEqual((await answer.json())[0].at(-1), {label: 'none', score: 0.25})
})

test('a regression gives its value on the scale', async () => {
  const fields = {labels: [{id: 'stars'}], scale: {low: 1, high: 5}}
  const answer = await respond(post({inputs: 'a'}), parts({...fields, activation: 'regression'}))
  assert.deepEqual(await answer.json(), [[{label: 'stars', score: 3}]])
})

const REFUSED = /** @type {[unknown, number, RegExp][]} */ ([
  ['no JSON', 400, /no JSON/],
  ['null', 400, /Expected/],
  [{text: 'a'}, 400, /Expected/],
  [{inputs: []}, 400, /Expected/],
  [{inputs: ['a', 1]}, 400, /Expected/],
  [{inputs: {text: 'a'}}, 400, /Expected/],
  [{inputs: 'a', parameters: {top_k: 0}}, 400, /top_k/],
  [{inputs: 'a', parameters: {top_k: 'all'}}, 400, /top_k/],
  [{inputs: Array(33).fill('a')}, 413, /32 texts/],
  [{inputs: 'a'.repeat(200_001)}, 413, /200000 bytes/],
])
for (const [body, status, message] of REFUSED)
  test(`${JSON.stringify(body).slice(0, 40)} is refused with ${status}`, async () => {
    const given = parts()
    const answer = await respond(post(body), given)
    assert.equal(answer.status, status)
    assert.match((await answer.json()).error, message)
    assert.deepEqual(given.texts, [])
  })

test('a length that is announced as too large is not read', async () => {
  const request = post({inputs: 'a'}, {'Content-Length': '999999'})
  const answer = await respond(request, parts())
  assert.equal(answer.status, 413)
  assert.equal(request.bodyUsed, false)
})

test('other pages may ask, and GET tells what the model is without loading it', async () => {
  const broken = {about: ABOUT, classifier: () => Promise.reject(new Error('not now'))}
  const options = await respond(new Request('http://edge.test/', {method: 'OPTIONS'}), broken)
  assert.equal(options.status, 204)
  assert.match(options.headers.get('Access-Control-Allow-Methods') ?? '', /POST/)
  const about = await respond(new Request('http://edge.test/'), broken)
  assert.deepEqual(await about.json(), ABOUT)
  const deleted = await respond(new Request('http://edge.test/', {method: 'DELETE'}), broken)
  assert.equal(deleted.status, 405)
})

test('who does not send the token is answered nothing else', async () => {
  for (const authorization of [undefined, 'Bearer', 'Bearer wrong', 'secret'])
    await respondsWith(401, authorization)
  await respondsWith(200, 'Bearer secret')

  /** @param {number} status @param {string | undefined} authorization */
  async function respondsWith(status, authorization) {
    const headers = authorization ? {Authorization: authorization} : undefined
    const answer = await respond(post({inputs: 'a'}, headers), {...parts(), token: 'secret'})
    assert.equal(answer.status, status, authorization)
  }
})

test('a model that fails is a sentence, without what went wrong inside', async (t) => {
  t.mock.method(console, 'error', () => {})
  const unloaded = {about: ABOUT, classifier: () => Promise.reject(new Error('secret path'))}
  const first = await respond(post({inputs: 'a'}), unloaded)
  assert.equal(first.status, 503)
  assert.doesNotMatch(await first.text(), /secret/)
  const {classifier} = parts()
  const failing = async () => ({
    ...(await classifier()),
    classify: () => Promise.reject(new Error('secret')),
  })
  const second = await respond(post({inputs: 'a'}), {about: ABOUT, classifier: failing})
  assert.equal(second.status, 500)
  assert.doesNotMatch(await second.text(), /secret/)
})
