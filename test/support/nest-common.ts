/**
 * What unit-tested code takes from `@nestjs/common`, without its pipes and their hundreds of modules: each spec file
 * loads its packages afresh, and the whole of it would be most of the time of most unit specs.
 */
export * from '../../node_modules/@nestjs/common/decorators/index.js';
export * from '../../node_modules/@nestjs/common/enums/index.js';
export * from '../../node_modules/@nestjs/common/exceptions/index.js';
export * from '../../node_modules/@nestjs/common/services/index.js';
export * from '../../node_modules/@nestjs/common/utils/index.js';
