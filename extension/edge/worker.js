// The worker of an edge network, which answers devices that cannot run the model themselves.

// @ts-expect-error - the builder writes it
import build from '../build.js'
import {respond} from './api.js'
import {loadClassifier} from './classifier.js'

/**
 * `ASSETS`: the files of the model. `TOKEN`: a secret; where there is none, everyone is answered.
 * @typedef {{ASSETS: {fetch: (url: URL) => Promise<Response>}, TOKEN?: string | null}} Env
 * @typedef {{waitUntil: (work: Promise<unknown>) => void}} Context
 */

const MODEL = new URL('http://assets.local/model/') // the binding looks at the path alone

/** @type {Promise<import('./classifier.js').EdgeClassifier> | undefined} */ let loading

export default {
  /** @param {Request} request @param {Env} env @param {Context} context */
  fetch(request, env, context) {
    const answer = respond(request, {
      about: build.about,
      classifier: () => {
        loading ??= load(env)
        return loading
      },
      ...(env.TOKEN ? {token: env.TOKEN} : {}),
    })
    // Others may wait for what this one loads: it goes on if who asked does not wait.
    context.waitUntil(answer)
    return answer
  },
}

/** @param {Env} env */
function load(env) {
  const open = async (/** @type {URL} */ url) => {
    const response = await env.ASSETS.fetch(url)
    if (!response.ok) throw new Error(`${url.pathname}: status ${response.status}`)
    return response
  }
  return loadClassifier({base: MODEL, open, integrity: build.integrity}).catch((error) => {
    loading = undefined // a failed load may be tried again
    throw error
  })
}
