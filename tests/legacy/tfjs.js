// Layers models that TensorFlow.js has made, and what they compute; or what it computes of models that this library has written.
//
//     npm install @tensorflow/tfjs-layers@4.22.0 @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0
//     node tests/legacy/tfjs.js make            # writes tests/legacy/tfjs.json
//     WRITE_TFJS=FOLDER cargo test --test legacy && node tests/legacy/tfjs.js check FOLDER
'use strict';
const fs = require('fs');
const path = require('path');
const {createRequire} = require('module');
const modules = createRequire(path.join(process.env.NODE_FOLDER || process.cwd(), 'x.js'));
const tf = modules('@tensorflow/tfjs-core');
const L = modules('@tensorflow/tfjs-layers');
modules('@tensorflow/tfjs-backend-cpu');

const {layers: l, input, model, sequential} = L;
const seq = (name, layers) => sequential({name, layers});

const MODELS = {
  mlp: () => seq('mlp', [
    l.dense({name: 'd1', units: 4, inputShape: [3], activation: 'relu', kernelInitializer: 'heNormal', kernelRegularizer: L.regularizers.l2({l2: 0.1})}),
    l.dropout({name: 'drop', rate: 0.3}), l.dense({name: 'd2', units: 2, activation: 'softmax', useBias: false})]),
  convnet: () => seq('convnet', [
    l.conv2d({name: 'c1', inputShape: [7, 6, 2], filters: 3, kernelSize: [3, 2], strides: [2, 1], padding: 'same', activation: 'elu'}),
    l.batchNormalization({name: 'bn'}), l.maxPooling2d({name: 'pool', poolSize: 2}), l.depthwiseConv2d({name: 'dw', kernelSize: 2, depthMultiplier: 2}),
    l.reLU({name: 'relu', maxValue: 6}), l.flatten({name: 'flat'}), l.dense({name: 'out', units: 2})]),
  recurrent: () => seq('recurrent', [
    l.bidirectional({name: 'bi', layer: l.lstm({name: 'lstm', recurrentInitializer: 'glorotUniform', units: 2, returnSequences: true, recurrentActivation: 'sigmoid'}), mergeMode: 'concat', inputShape: [4, 3]}),
    l.timeDistributed({name: 'td', layer: l.dense({name: 'inner', units: 3})}),
    l.gru({name: 'gru', recurrentInitializer: 'glorotUniform', units: 3, recurrentActivation: 'sigmoid'}), l.dense({name: 'out', units: 1})]),
  residual: () => {
    const x = input({shape: [6, 6, 2], name: 'x'});
    let y = l.conv2d({name: 'c1', filters: 2, kernelSize: 3, padding: 'same'}).apply(x);
    y = l.leakyReLU({name: 'leaky', alpha: 0.2}).apply(y);
    y = l.separableConv2d({name: 's1', filters: 2, kernelSize: 3, padding: 'same'}).apply(y);
    y = l.add({name: 'sum'}).apply([x, y]);
    y = l.globalAveragePooling2d({name: 'pool'}).apply(y);
    return model({inputs: x, outputs: y, name: 'residual'});
  },
  shared: () => {
    const a = input({shape: [4], name: 'a'}), b = input({shape: [4], name: 'b'});
    const d = l.dense({name: 'd', units: 3, activation: 'tanh'});
    const p = d.apply(a), q = d.apply(b);
    return model({inputs: [a, b], outputs: [l.multiply({name: 'm'}).apply([p, q]), l.dot({name: 'dot', axes: 1, normalize: true}).apply([p, q])], name: 'shared_net'});
  },
  nested: () => {
    const i = input({shape: [3], name: 'i'});
    const encoder = model({inputs: i, outputs: l.dense({name: 'e1', units: 2}).apply(i), name: 'encoder'});
    const tail = seq('tail', [l.dense({name: 't1', units: 2, inputShape: [2]}), l.prelu({name: 'prelu'})]);
    const x = input({shape: [3], name: 'x'}), y = input({shape: [3], name: 'y'});
    const out = l.concatenate({name: 'join'}).apply([tail.apply(encoder.apply(x)), tail.apply(encoder.apply(y))]);
    return model({inputs: [x, y], outputs: out, name: 'nested'});
  },
  text: () => seq('text', [
    l.embedding({name: 'emb', inputDim: 11, outputDim: 3, inputLength: 5, maskZero: true}),
    l.simpleRNN({name: 'rnn', recurrentInitializer: 'glorotUniform', units: 3, goBackwards: true}), l.dense({name: 'out', units: 1, activation: 'sigmoid'})]),
  decoder: () => seq('decoder', [
    l.dense({name: 'd', units: 8, inputShape: [3]}), l.reshape({name: 'r', targetShape: [2, 2, 2]}),
    l.conv2dTranspose({name: 't', filters: 3, kernelSize: 3, strides: 2, padding: 'same'}), l.upSampling2d({name: 'u', size: [2, 1]}),
    l.cropping2D({name: 'crop', cropping: [[1, 1], [0, 1]]}), l.zeroPadding2d({name: 'pad', padding: [1, 2]}),
    l.averagePooling2d({name: 'avg', poolSize: 2, strides: 1})]),
  sequence: () => seq('sequence', [
    l.conv1d({name: 'c', filters: 3, kernelSize: 3, dilationRate: 2, padding: 'same', inputShape: [8, 2]}), l.layerNormalization({name: 'ln'}),
    l.maxPooling1d({name: 'p', poolSize: 2}), l.permute({name: 'perm', dims: [2, 1]}), l.globalMaxPooling1d({name: 'g'}),
    l.repeatVector({name: 'rep', n: 2}), l.activation({name: 'hard', activation: 'hardSigmoid'})]),
  volume: () => seq('volume', [
    l.conv3d({name: 'c', filters: 2, kernelSize: 2, inputShape: [4, 4, 3, 1], activation: 'selu'}), l.maxPooling3d({name: 'p', poolSize: [2, 1, 1]}),
    l.flatten({name: 'f'}), l.dense({name: 'out', units: 2, activation: 'softsign'})]),
  named_by_itself: () => seq('named_by_itself', [l.dense({units: 3, inputShape: [2], activation: 'swish'}), l.dense({units: 2}), l.softmax({})]),
};

const INTEGERS = new Set(['text']);

function given(tensor, place, integers) {
  const shape = [2, ...tensor.shape.slice(1).map(size => size || 4)];
  const count = shape.reduce((a, b) => a * b, 1);
  const number = i => ((i + 3 * place) * 37) % 97;
  const values = Array.from({length: count}, (_, i) => integers ? number(i) % 7 : (number(i) - 48) / 80);
  return tf.tensor(values, shape);
}

function computed(net, integers) {
  const inputs = net.inputs.map((tensor, place) => given(tensor, place, integers));
  const outputs = [].concat(net.predict(inputs.length === 1 ? inputs[0] : inputs));
  return {inputs: inputs.map(x => ({shape: x.shape, values: Array.from(x.dataSync())})), outputs: outputs.map(y => Array.from(y.dataSync(), v => Number(v.toPrecision(8))))};
}

function setWeights(net) {
  let seed = 0;
  const fill = w => {
    seed += 1;
    const positive = w.originalName ? w.originalName.endsWith('moving_variance') : false;
    const values = Array.from({length: w.shape.reduce((a, b) => a * b, 1)}, (_, i) => ((seed * 53 + i * 31) % 97 - 48) / 128);
    return tf.tensor(positive ? values.map(v => Math.abs(v) + 0.5) : values, w.shape);
  };
  net.setWeights(net.weights.map(w => fill(w.val ? {originalName: w.originalName, shape: w.shape} : w)));
}

async function make() {
  await tf.setBackend('cpu');
  const all = {};
  for (const [name, build] of Object.entries(MODELS)) {
    const net = build();
    setWeights(net);
    let saved;
    await net.save(tf.io.withSaveHandler(async artifacts => { saved = artifacts; return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}}; }));
    const bytes = Buffer.from(tf.io.CompositeArrayBuffer ? tf.io.CompositeArrayBuffer.join(saved.weightData) : saved.weightData);
    all[name] = {
      model: {
        modelTopology: saved.modelTopology, format: saved.format, generatedBy: saved.generatedBy, convertedBy: saved.convertedBy,
        weightsManifest: [{paths: ['weights.bin'], weights: saved.weightSpecs}],
      },
      weights: bytes.toString('hex'), parameters: net.countParams(), ...computed(net, INTEGERS.has(name)),
    };
  }
  fs.writeFileSync(path.join(__dirname, 'tfjs.json'), JSON.stringify(all) + '\n');
}

async function check(folder) {
  await tf.setBackend('cpu');
  let count = 0;
  const failed = [];
  for (const name of fs.readdirSync(folder)) try {
    const at = file => path.join(folder, name, file);
    const document = JSON.parse(fs.readFileSync(at('model.json')));
    const group = document.weightsManifest[0] || {paths: [], weights: []};
    const bytes = Buffer.concat(group.paths.map(file => fs.readFileSync(at(file))));
    const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const net = await L.loadLayersModel({load: async () => ({modelTopology: document.modelTopology, weightSpecs: group.weights, weightData})});
    const expected = JSON.parse(fs.readFileSync(at('expected.json')));
    const inputs = expected.inputs.map(x => tf.tensor(x.values, x.shape));
    const outputs = [].concat(net.predict(inputs.length === 1 ? inputs[0] : inputs));
    let worst = 0;
    outputs.forEach((y, i) => y.dataSync().forEach((v, j) => { worst = Math.max(worst, Math.abs(v - expected.outputs[i][j])); }));
    if (!(worst < 1e-5) || outputs.length !== expected.outputs.length) throw new Error(`${name}: ${worst}`);
    count += 1;
  } catch (error) { failed.push(`${name}: ${error.message}`); }
  console.log(`${count} models compute the same`);
  if (failed.length) throw new Error(failed.join('\n'));
}

(process.argv[2] === 'make' ? make() : check(process.argv[3])).catch(error => { console.error(error); process.exit(1); });
