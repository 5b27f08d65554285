"""From a printed document to drafts of plans. Pure: bytes in, drafts out; importing never issues anything."""
