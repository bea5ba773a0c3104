import CommerceLayer
import CommerceLayerRows

/// Makes the calls the engine asks for and sends their answers back as events.
struct RunCalls: Sendable {
  let service: any ImportService
  let planner: ImportPlanner
  let runID: String
  let time: TimeSource
  let send: @Sendable (RunMessage) -> Void

  func create(_ number: Int, attempt: Int, rows: Int, inputs: BulkInputs) async {
    let request = ImportRequest(
      type: planner.rules.type, parentID: planner.rules.parentID,
      skipErrors: planner.settings.skipErrors, runID: runID, chunk: number, attempt: attempt,
      rows: rows, inputs: inputs)
    do throws(CallFailure) {
      send(.event(.created(number, try await service.create(request))))
    } catch {
      send(.event(.createFailed(number, error)))
    }
  }

  func lookUp(_ number: Int) async {
    do throws(CallFailure) {
      let reference = ImportRequest.reference(runID: runID, chunk: number)
      send(.event(.found(number, try await service.find(reference: reference))))
    } catch {
      send(.event(.lookupFailed(number, error)))
    }
  }

  func poll(_ ids: [String]) async {
    do throws(CallFailure) {
      send(.event(.polled(try await service.states(of: ids))))
    } catch {
      send(.event(.pollFailed(error)))
    }
  }

  func retrieve(_ number: Int, id: String) async {
    do throws(CallFailure) {
      send(.event(.retrieved(number, try await service.retrieve(id))))
    } catch {
      send(.event(.retrieveFailed(number, error)))
    }
  }

  func wake(after delay: Duration) async {
    // A cancelled sleep means that nobody waits for the tick any more.
    guard (try? await time.sleep(delay)) != nil else { return }
    send(.event(.tick))
  }
}
