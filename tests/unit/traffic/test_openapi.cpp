// OpenAPI descriptions.

#include "traffic/reader_list.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace leakbisect::traffic;

namespace {

Recording read_openapi(const std::string& text) {
  const auto recording = read_openapi(text, "api.yaml", Secrets::left_out);
  if (!recording) FAIL(recording.error().message);
  return *recording;
}

std::string openapi_error(const std::string& text) {
  const auto recording = read_openapi(text, "api.yaml", Secrets::left_out);
  return recording ? "" : recording.error().message;
}

const std::string shop = R"(
openapi: 3.0.0
servers:
  - url: https://api.example/v1/
paths:
  /items:
    get:
      parameters:
        - {name: page, in: query, required: true, schema: {type: integer}}
        - {name: sort, in: query, schema: {type: string}}
    post:
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Item'}
  /items/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: integer}}
    get: {}
    delete: {}
  /by/{name}:
    get:
      parameters:
        - {name: name, in: path, required: true, schema: {type: string}, example: "tea pot"}
  /upload:
    post:
      requestBody: {required: true, content: {image/png: {}}}
components:
  schemas:
    Item:
      type: object
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, example: tea}
        tags: {type: array, items: {type: string, enum: [a, b]}}
        parent: {$ref: '#/components/schemas/Item'}
)";

}  // namespace

TEST_CASE("an operation a request: parameters and bodies from examples and types") {
  const Recording recording = read_openapi(shop);
  std::vector<std::string> all;
  for (const Seen& seen : recording.requests) all.push_back(seen.method + " " + seen.target);
  std::ranges::sort(all);
  CHECK(all == std::vector<std::string>{"GET /v1/by/tea%20pot", "GET /v1/items/{n}",
                                        "GET /v1/items?page={n}", "POST /v1/items"});
  const auto post = std::ranges::find(recording.requests, "POST", &Seen::method);
  CHECK(post->body.find("\"name\":\"tea\",\"parent\":{\"name\":\"tea\"") != std::string::npos);
  CHECK(post->body.find("\"tags\":[\"a\"]") != std::string::npos);
  CHECK(post->body.find("\"id\"") == std::string::npos);
  std::string notes;
  for (const auto& note : recording.notes) notes += note + "\n";
  CHECK(notes.find("1 operations that delete") != std::string::npos);
  CHECK(notes.find("1 operations whose body is no JSON") != std::string::npos);
}

TEST_CASE("Swagger 2 as JSON, with a base path") {
  const Recording recording =
      read_openapi(R"({"swagger": "2.0", "basePath": "/v2", "paths": {"/a/{x}": {"get": {}}}})");
  CHECK(recording.requests.at(0).target == "/v2/a/{n}");
}

TEST_CASE("broken descriptions are told with their place") {
  CHECK(openapi_error("{\"paths\": }").find("api.yaml:1:11: is not JSON") == 0);
  CHECK(openapi_error("a: [\n").find("api.yaml:2:") == 0);
  CHECK(openapi_error("a: 1\n").find("has no \"paths\"") != std::string::npos);
  CHECK(openapi_error("paths: {}\n").find("none of its 0 paths") != std::string::npos);
  CHECK(openapi_error("paths: {/a: {get: {parameters: [{$ref: '#/x/y'}]}}}\n").empty());
}

TEST_CASE("aliases of aliases do not fill the memory") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  CHECK(openapi_error(bomb).find("more than") != std::string::npos);
}
