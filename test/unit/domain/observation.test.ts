import { known, mapReading, valueOf } from '../../../domain/observation';
import { now, read, unread } from '../../support/observations';

describe('reading', () => {
  it('is known with its value, or unknown with its reason', () => {
    expect([known(read(0)), valueOf(read(0))]).toEqual([true, 0]);
    expect([known(unread()), valueOf(unread())]).toEqual([false, undefined]);
  });

  it('stays unknown when it is read as something else', () => {
    expect(mapReading(read(2), (count) => count * 2)).toEqual({ value: 4, at: now });
    expect(mapReading(unread('TrafficDenied'), String)).toEqual({ unknown: 'TrafficDenied', at: now });
  });
});
