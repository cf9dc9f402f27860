import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { StoredState, type StateCount } from '../stored-state.js';
import { STATE } from './state-statements.js';

@Injectable()
export class PostgresStoredState extends StoredState {
  constructor(@InjectDataSource() private readonly source: DataSource) {
    super();
  }

  /** One statement, so that all is of the same moment. */
  async count(): Promise<StateCount[]> {
    return this.source.query(STATE);
  }
}
