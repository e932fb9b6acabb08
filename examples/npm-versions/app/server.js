// An order service. Each step of an order makes the logger that it needs, as the functions of many
// services do; what that costs depends on the version of the package "debug".
const http = require('http')
const debug = require('debug')

const steps = ['price', 'stock', 'tax', 'parcel', 'invoice']
const things = ['poster', 'mug', 'torch', 'blanket', 'rope', 'lamp']

function handle (order) {
  return things.map(thing => steps.map(step => {
    const log = debug(`orders:${thing}:${step}`)
    log('order %d', order)
    return { step, thing, order }
  }))
}

let orders = 0
const server = http.createServer((request, response) => {
  if (request.url === '/healthz') return response.end('ok\n')
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify(handle(++orders)))
})
server.listen(Number(process.env.PORT || 8080), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
