import { writeFileSync } from 'node:fs';
import { failureTaxonomy } from './google/failure-taxonomy.js';

/** Writes down how the service judges what Google answers. */
writeFileSync('docs/failure-taxonomy.md', failureTaxonomy());
