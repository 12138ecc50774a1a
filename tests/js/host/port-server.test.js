// What UI pages may ask at the host's port, and what is remembered for whom.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {serve} from '../../../extension/host/port-server.js'
import {work} from './support.js'

test('scores are remembered for what stands on a page of no private window, and for nothing else', () => {
  const own = 'moz-extension://ours/'
  const framed = {
    id: 'us',
    url: `${own}ui/card/card.html`,
    frameId: 3,
    tab: {incognito: false},
  }
  const senders = {
    'a card on a page': framed,
    'a card in a private window': {...framed, tab: {incognito: true}},
    'a page of ours in a tab': {...framed, frameId: 0},
    'a popup': {...framed, frameId: 0, tab: undefined},
  }
  /** @type {(port: any) => void} */ let connect = () => assert.fail('nobody listens')
  const runtime = {
    id: 'us',
    getURL: () => own,
    onConnect: {
      addListener: (/** @type {typeof connect} */ listener) => {
        connect = listener
      },
    },
  }
  Object.assign(globalThis, {chrome: {runtime}})
  /** @type {import('../../../extension/shared/messages.js').Work[]} */ const works = []
  const never = () => assert.fail('nothing else was asked')
  serve({classify: (work) => works.push(work), cancel: never, status: never, release: never})
  for (const [id, sender] of Object.entries(senders)) {
    // what a message says of it does not count
    const request = {kind: 'classify', ...work(id), remember: true}
    const onMessage = {
      addListener: (/** @type {(message: unknown) => void} */ hear) => hear(request),
    }
    connect({name: 'engine', sender, onMessage, onDisconnect: {addListener() {}}})
  }
  assert.deepEqual(
    works.map(({id, remember}) => [id, remember]),
    Object.keys(senders).map((id) => [id, id === 'a card on a page']),
  )
})
