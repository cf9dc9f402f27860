import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { ValidationFailed } from './app-error.js';
import { isUuid } from './ids.js';

/** An id in a path. @throws ValidationFailed when it is not a UUID */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string, { data }: ArgumentMetadata): string {
    if (!isUuid(value)) throw ValidationFailed.of(data ?? 'id', 'expected a UUID');
    return value.toLowerCase();
  }
}
