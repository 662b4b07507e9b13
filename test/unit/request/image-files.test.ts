import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkDestinations,
  imageFiles,
  imageMetadata,
  repositoryOf,
  writeTextFiles,
} from '../../../src/request/index.ts';
import { DIGEST, IMAGE_ID, buildResult, outputSpec } from '../../support/build-results.ts';

const TAGS = ['localhost:5000/app', 'ghcr.io/me/app:1.2'];

describe('imageFiles', () => {
  it('is empty where no file is asked for', () => {
    expect(imageFiles(outputSpec({ tags: TAGS }), undefined, buildResult())).toEqual([]);
  });

  it('holds what kaniko writes: the bare digest, and a line for each destination', () => {
    const outputs = outputSpec({
      tags: TAGS,
      digestFile: '/a',
      imageNameWithDigestFile: '/b',
      imageNameTagWithDigestFile: '/c',
    });
    expect(imageFiles(outputs, undefined, buildResult())).toEqual([
      { path: '/a', text: DIGEST },
      { path: '/b', text: `localhost:5000/app@${DIGEST}\nghcr.io/me/app@${DIGEST}\n` },
      { path: '/c', text: `localhost:5000/app:latest@${DIGEST}\nghcr.io/me/app:1.2@${DIGEST}\n` },
    ]);
  });

  it('holds metadata as buildx writes it', () => {
    const [file] = imageFiles(outputSpec({ tags: TAGS }), '/m', buildResult());
    expect(JSON.parse(file?.text ?? '')).toEqual({
      'containerimage.config.digest': IMAGE_ID,
      'containerimage.descriptor': {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: DIGEST,
        size: 700,
      },
      'containerimage.digest': DIGEST,
      'image.name': 'localhost:5000/app,ghcr.io/me/app:1.2',
    });
    expect(imageMetadata(outputSpec(), buildResult())).not.toHaveProperty('image.name');
  });
});

describe('writeTextFiles', () => {
  it('makes the directories on the way', () => {
    const directory = mkdtempSync(join(tmpdir(), 'image-files-'));
    try {
      writeTextFiles([{ path: join(directory, 'a/b/digest'), text: DIGEST }]);
      expect(readFileSync(join(directory, 'a/b/digest'), 'utf8')).toBe(DIGEST);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('repositoryOf', () => {
  it.each([
    ['app', 'app'],
    ['app:1', 'app'],
    ['host:5000/app', 'host:5000/app'],
    ['host:5000/a/b:1', 'host:5000/a/b'],
    [`host:5000/app:1@${DIGEST}`, 'host:5000/app'],
  ])('%s is of %s', (reference, repository) => expect(repositoryOf(reference)).toBe(repository));
});

describe('checkDestinations', () => {
  it('takes a push with tags, and a build that goes nowhere', () => {
    expect(checkDestinations(outputSpec({ tags: TAGS, push: true }), 'hint')).toBeUndefined();
    expect(checkDestinations(outputSpec({ tarPath: '/x' }), 'hint')).toBeUndefined();
  });
  it.each([
    ['a push', { push: true }],
    ['a file of names', { imageNameWithDigestFile: '/x' }],
    ['a file of names with tags', { imageNameTagWithDigestFile: '/x' }],
  ])('refuses %s without a destination', (_, changes) => {
    expect(() => checkDestinations(outputSpec(changes), 'give one')).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: 'give one' }),
    );
  });
  it('refuses destinations that no registry takes', () => {
    expect(() => checkDestinations(outputSpec({ tags: ['a b'] }), '')).toThrow(
      expect.objectContaining({ code: 'REFERENCE' }),
    );
    expect(() => checkDestinations(outputSpec({ tags: [`a@${DIGEST}`] }), '')).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });
  it('does not support a digest file that is a URL', () => {
    expect(() => checkDestinations(outputSpec({ digestFile: 'https://x/y' }), '')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
  });
});
