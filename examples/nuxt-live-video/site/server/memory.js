// GET /memory/collect: collects garbage, when node was started with --expose-gc. GET /memory: what
// V8 holds, in bytes. A page that has been shown leaves garbage behind; a leak is what stays.
export default (request, response) => {
  if (request.url === '/collect' && global.gc) { global.gc() }
  const { heapUsed, external } = process.memoryUsage()
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify({ heapUsed, external }))
}
