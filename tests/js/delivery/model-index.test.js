// What a server says of a model is held to what the package fixed, whatever the server sends.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {filesOf, parse} from '../../../extension/delivery/model-index.js'

const SHA256 = 'a'.repeat(64)
const SHARD = {sha256: 'b'.repeat(64), bytes: 5, plain: 9}
const FILE = {path: 'model/weights.bin', bytes: 9, sha256: SHA256, shards: [SHARD]}
const WANTED = {path: FILE.path, bytes: FILE.bytes, sha256: FILE.sha256}

/** @param {unknown} error */
const isChanged = (error) => /** @type {any} */ (error).code === 'download_changed'

test('an index that lists what the package wants gives its shards, and no other file', () => {
  const other = {...FILE, path: 'runtime/evil.wasm'}
  assert.deepEqual(filesOf({files: [other, FILE]}, [WANTED]), [FILE])
})

/** @type {[string, unknown][]} */
const HOSTILE = [
  ['nothing', null],
  ['no list', {files: 'many'}],
  ['no entry', {files: [null, 5]}],
  ['another hash', {files: [{...FILE, sha256: 'c'.repeat(64)}]}],
  ['another length', {files: [{...FILE, bytes: 8}]}],
  ['shards of another length', {files: [{...FILE, shards: [{...SHARD, plain: 8}]}]}],
  ['a shard of a gigabyte', {files: [{...FILE, shards: [{...SHARD, bytes: 1e9}]}]}],
  ['a negative length', {files: [{...FILE, shards: [SHARD, {...SHARD, plain: -9}, SHARD]}]}],
  ['a name that leads elsewhere', {files: [{...FILE, shards: [{...SHARD, sha256: '../x'}]}]}],
  ['no shards', {files: [{...FILE, shards: undefined}]}],
]
for (const [what, index] of HOSTILE) {
  test(`an index with ${what} is refused`, () => {
    assert.throws(() => filesOf(index, [WANTED]), isChanged)
  })
}

test('what is no JSON is refused', () => {
  assert.throws(() => parse('<!doctype html>'), isChanged)
})
