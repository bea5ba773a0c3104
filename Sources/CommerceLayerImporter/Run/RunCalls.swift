import CommerceLayer
import CommerceLayerRows

/// Makes the calls the engine asks for and sends their answers back as events.
struct RunCalls: Sendable {
  let service: any ImportService
  let planner: ImportPlanner
  let runID: String
  let time: TimeSource
  let send: @Sendable (EngineEvent) -> Void

  func create(_ number: Int, attempt: Int, rows: Int, inputs: BulkInputs) async {
    let request = ImportRequest(
      type: planner.rules.type, parentID: planner.rules.parentID,
      skipErrors: planner.settings.skipErrors, runID: runID, chunk: number, attempt: attempt,
      rows: rows, inputs: inputs)
    do throws(CallFailure) {
      send(.created(number, try await service.create(request)))
    } catch {
      send(.createFailed(number, error))
    }
  }

  func lookUp(_ number: Int) async {
    do throws(CallFailure) {
      let reference = ImportRequest.reference(runID: runID, chunk: number)
      send(.found(number, try await service.find(reference: reference)))
    } catch {
      send(.lookupFailed(number, error))
    }
  }

  func poll(_ ids: [String]) async {
    do throws(CallFailure) {
      send(.polled(try await service.states(of: ids)))
    } catch {
      send(.pollFailed(error))
    }
  }

  func retrieve(_ number: Int, id: String) async {
    do throws(CallFailure) {
      send(.retrieved(number, try await service.retrieve(id)))
    } catch {
      send(.retrieveFailed(number, error))
    }
  }

  func wake(after delay: Duration) async {
    // A cancelled sleep means that nobody waits for the tick any more.
    guard (try? await time.sleep(delay)) != nil else { return }
    send(.tick)
  }
}
