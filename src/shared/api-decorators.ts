import { PartialType as partialType } from '@nestjs/mapped-types';
import type * as swagger from '@nestjs/swagger';

/**
 * The decorators of `@nestjs/swagger`, put off until the API document is asked for: of all files that the service
 * would load at its start, that package brings four in ten, and nothing but the document needs it.
 */
type Swagger = typeof swagger;

const putOff: ((library: Swagger) => void)[] = [];

/** Applies all decorators so far, in their order. Before the document is made, not after. */
export function describeApi(library: Swagger): void {
  for (const describe of putOff.splice(0)) describe(library);
}

type DecoratorFactory<Options extends unknown[]> = (...options: Options) => (...target: never[]) => unknown;

function later<Options extends unknown[]>(factoryIn: (library: Swagger) => DecoratorFactory<Options>) {
  return (...options: Options) =>
    (...target: unknown[]): void => {
      putOff.push((library) => void Reflect.apply(factoryIn(library)(...options), undefined, target));
    };
}

export const ApiAcceptedResponse = later((library) => library.ApiAcceptedResponse);
export const ApiExtension = later((library) => library.ApiExtension);
export const ApiFoundResponse = later((library) => library.ApiFoundResponse);
export const ApiHeader = later((library) => library.ApiHeader);
export const ApiOperation = later((library) => library.ApiOperation);
export const ApiProduces = later((library) => library.ApiProduces);
export const ApiProperty = later((library) => library.ApiProperty);
export const ApiPropertyOptional = later((library) => library.ApiPropertyOptional);
export const ApiQuery = later((library) => library.ApiQuery);
export const ApiResponse = later((library) => library.ApiResponse);
export const ApiTags = later((library) => library.ApiTags);

/** As the library's own, whose validation comes from the same package as here. */
export const PartialType: Swagger['PartialType'] = (whole, options) => {
  const partial = partialType(whole, options);
  putOff.push(({ ApiProperty: property, DECORATORS: keys }) => {
    const names: string[] = Reflect.getMetadata(keys.API_MODEL_PROPERTIES_ARRAY, whole.prototype) ?? [];
    for (const name of names.map((marked) => marked.slice(1))) {
      const described: object = Reflect.getMetadata(keys.API_MODEL_PROPERTIES, whole.prototype, name);
      property({ ...described, required: false })(partial.prototype, name);
    }
  });
  return partial;
};
