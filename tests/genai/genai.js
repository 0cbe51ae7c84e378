// SPDX-License-Identifier: MIT
// genai.js URL: Google's own client for JavaScript makes images with the sandbox at URL, and sees its refusals.
import assert from 'node:assert/strict';
import { GoogleGenAI } from '@google/genai';

const url = process.argv[2];
const ai = new GoogleGenAI({ apiKey: 'anything', httpOptions: { baseUrl: url } });
const model = 'gemini-3.1-flash-image';

const control = async (path, body) => {
  const answer = await fetch(`${url}/_sandbox/${path}`, body && { method: 'POST', body: JSON.stringify(body) });
  assert.equal(answer.status, 200);
  return answer.json();
};

const generate = (contents, aspectRatio = '16:9') =>
  ai.models.generateContent({
    model,
    contents,
    config: { responseModalities: ['TEXT', 'IMAGE'], imageConfig: { aspectRatio, imageSize: '512' } },
  });

// Width and height of a PNG.
const size = (base64) => {
  const bytes = Buffer.from(base64, 'base64');
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
};
const images = (response) => response.candidates[0].content.parts.filter((part) => part.inlineData);

let response = await generate('a lighthouse at dusk');
assert.equal(response.candidates[0].finishReason, 'STOP');
assert.deepEqual(images(response).map((part) => size(part.inlineData.data)), [[688, 384]]);
assert.equal(images(response)[0].inlineData.mimeType, 'image/png');
assert.ok(response.text.length > 0);

const reference = { inlineData: { mimeType: 'image/png', data: response.data } };
response = await generate([{ text: 'the same at night' }, reference], '1:1');
assert.deepEqual(images(response).map((part) => size(part.inlineData.data)), [[512, 512]]);

await control('faults', { name: 'refused' });
response = await generate('something bad');
assert.equal(response.promptFeedback.blockReason, 'PROHIBITED_CONTENT');

await control('faults', { name: 'thought-first' });
response = await generate('a cup');
assert.deepEqual(images(response).map((part) => Boolean(part.thought)), [true, false]);

await assert.rejects(() => generate('a cup', '17:9'), (error) => error.status === 400);

const ledger = await control('ledger');
assert.equal(ledger.created, 4);
assert.ok(ledger.tasks[1].references[0].startsWith('inline:'));
assert.deepEqual(ledger.tasks.map((task) => task.prompt),
  ['a lighthouse at dusk', 'the same at night', 'something bad', 'a cup']);
