// The shape of Hugging Face's inference API: labels with scores for {"inputs": "a text"}.

/** @typedef {import('./classifier.js').EdgeClassifier} EdgeClassifier */
/** @typedef {{label: string, score: number}} LabelScore */
/** @typedef {{name: string, version: string, labels: string[]}} About */

const MOST_BYTES = 200_000
const MOST_TEXTS = 32
const NONE = 'none' // of a model that knows texts without a label, as on the hub
const EVERYONE = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, OPTIONS',
}

/** What is wrong with a request: its status, and a sentence for who sent it. */
class Refusal extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

/**
 * @param {Request} request
 * @param {object} parts
 * @param {About} parts.about  What GET is answered with.
 * @param {() => Promise<EdgeClassifier>} parts.classifier
 * @param {string} [parts.token]  Only who sends it is answered, if there is one.
 * @returns {Promise<Response>} It never rejects.
 */
export async function respond(request, {about, classifier, token}) {
  try {
    if (request.method === 'OPTIONS') return new Response(null, {status: 204, headers: EVERYONE})
    if (request.method === 'GET' || request.method === 'HEAD') return json(about)
    if (request.method !== 'POST') throw new Refusal(405, 'Send a text with POST')
    await authorize(request, token)
    const {texts, topK} = await read(request)
    const {spec, classify} = await classifier().catch((error) => {
      console.error(error)
      throw new Refusal(503, 'The model could not be loaded; try again later')
    })
    const answers = []
    for (const text of texts) answers.push(named(await classify(text), spec).slice(0, topK))
    return json(answers)
  } catch (error) {
    if (error instanceof Refusal) return json({error: error.message}, error.status)
    console.error(error)
    return json({error: 'The text could not be classified'}, 500)
  }
}

/** @param {unknown} value @param {number} [status] */
function json(value, status = 200) {
  const headers = {...EVERYONE, 'Cache-Control': 'no-store'}
  return Response.json(value, {status, headers})
}

/** @param {Request} request @param {string | undefined} token */
async function authorize(request, token) {
  if (!token) return
  const given = request.headers.get('Authorization') ?? ''
  // Of equal length, so that comparing them tells nothing of the token.
  const [ours, theirs] = await Promise.all([digest(`Bearer ${token}`), digest(given)])
  let difference = 0
  for (const [index, byte] of ours.entries()) difference |= byte ^ (theirs[index] ?? 0)
  if (difference) throw new Refusal(401, 'Send the token: Authorization: Bearer TOKEN')
}

/** @param {string} text */
async function digest(text) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

/** @param {Request} request @returns {Promise<{texts: string[], topK: number}>} */
async function read(request) {
  const tooLong = new Refusal(413, `A request may have ${MOST_BYTES} bytes`)
  if (Number(request.headers.get('Content-Length')) > MOST_BYTES) throw tooLong
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength > MOST_BYTES) throw tooLong
  const body = parse(new TextDecoder().decode(bytes))
  const texts = typeof body.inputs === 'string' ? [body.inputs] : body.inputs
  if (!Array.isArray(texts) || !texts.length || !texts.every((text) => typeof text === 'string'))
    throw new Refusal(400, 'Expected {"inputs": "a text"} or {"inputs": ["a text", "another"]}')
  if (texts.length > MOST_TEXTS) throw new Refusal(413, `A request may have ${MOST_TEXTS} texts`)
  const topK = body.parameters?.top_k ?? Infinity
  if (typeof topK !== 'number' || !(topK >= 1))
    throw new Refusal(400, 'parameters.top_k has to be a number from 1 on')
  return {texts, topK}
}

/** @param {string} text @returns {{inputs?: unknown, parameters?: {top_k?: unknown} | null}} */
function parse(text) {
  try {
    return Object(JSON.parse(text))
  } catch {
    throw new Refusal(400, 'The request is no JSON')
  }
}

/**
 * @param {number[]} scores  In 0..1, one a label.
 * @param {import('../engine/scores.js').ScoringSpec} spec
 * @returns {LabelScore[]} Best first. A regression gives its value.
 */
function named(scores, {labels, activation, scale}) {
  const all = labels.map(({id}, index) => ({label: id, score: scores[index] ?? NaN}))
  if (scale)
    return all.map(({label, score}) => ({
      label,
      score: scale.low + score * (scale.high - scale.low),
    }))
  if (activation === 'softmax_with_none') {
    const sum = scores.reduce((total, score) => total + score, 0)
    all.push({label: NONE, score: Math.max(0, 1 - sum)})
  }
  return all.sort((a, b) => b.score - a.score)
}
