// Gives pages $content(name): the data in content/NAME.json as it is now, read for every request,
// so that the editors' changes show at once.
import fs from 'fs'
import path from 'path'

export default (context, inject) => {
  inject('content', name =>
    JSON.parse(fs.readFileSync(path.resolve('content', name + '.json'), 'utf8')))
}
