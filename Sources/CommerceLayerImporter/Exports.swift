@_exported public import CommerceLayerRows
