import { startService, type Service, type ServiceOptions } from './service.js';

/** The service while its processes die: there is always one that stands by, and runs the jobs as well. */
export class StandbyService {
  static async start(options: ServiceOptions): Promise<StandbyService> {
    return new StandbyService(options, await startService(options));
  }

  #next: Promise<Service>;

  private constructor(
    private readonly options: ServiceOptions,
    private present: Service,
  ) {
    this.#next = startService(options);
  }

  get current(): Service {
    return this.present;
  }

  readonly call: Service['call'] = (...call) => this.present.call(...call);

  /** SIGKILL for the one that answers; the next one is ready when this resolves. */
  async crash(): Promise<void> {
    await this.present.kill();
    this.present = await this.#next;
    this.#next = startService(this.options);
  }

  async kill(): Promise<void> {
    await Promise.all([this.present.kill(), this.#next.then((next) => next.kill())]);
  }
}
