// Tests of a shop in JavaScript against the sandbox: node --test
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { ServiceError, startSandbox } from './sandbox.mjs'

let sandbox
before(async () => { sandbox = await startSandbox('--clock', 'still') })
after(() => sandbox?.stop())
// The same shop, with the same ids, for every test.
beforeEach(async () => {
  await fetch(sandbox.base + '/__sandbox__/reset', { method: 'POST' })
  await fetch(sandbox.base + '/__sandbox__/seed', { method: 'POST' })
})

test('an order adds up and is placed', async () => {
  const market = (await sandbox.client('GET', 'markets')).data[0]
  const order = (await sandbox.client('POST', 'orders', {
    type: 'orders',
    attributes: { customer_email: 'ada@example.com' },
    relationships: { market: { data: { type: 'markets', id: market.id } } },
  })).data
  await sandbox.client('POST', 'line_items', {
    type: 'line_items',
    attributes: { sku_code: 'MUG-CERAMIC', quantity: 3 },
    relationships: { order: { data: { type: 'orders', id: order.id } } },
  })
  const placed = (await sandbox.client('PATCH', `orders/${order.id}`, {
    type: 'orders', id: order.id, attributes: { _place: true },
  })).data.attributes
  assert.equal(placed.status, 'placed')
  assert.equal(placed.total_amount_cents, 3600)
})

test('an invalid email is rejected with the place of the mistake', async () => {
  const rejected = sandbox.client('POST', 'customers', { type: 'customers', attributes: { email: 'nobody' } })
  await assert.rejects(rejected, (error) => {
    assert.ok(error instanceof ServiceError)
    assert.equal(error.status, 422)
    assert.equal(error.errors[0].source.pointer, '/data/attributes/email')
    return true
  })
})

test('the shop survives a service that is down for one request', async () => {
  await fetch(sandbox.base + '/__sandbox__/faults', {
    method: 'POST', body: JSON.stringify([{ path: '/api/skus', times: 1, status: 503 }]),
  })
  await assert.rejects(sandbox.client('GET', 'skus'), { status: 503 })
  assert.equal((await sandbox.client('GET', 'skus')).meta.record_count, 20)
})
